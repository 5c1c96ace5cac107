using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;

namespace Tallystick.Core;

/// <summary>What a command needs from outside: when, by whose rules, and who asked.</summary>
/// <param name="Now">Of the server; the account's own time is never earlier than its last entry.</param>
/// <param name="Text">Free text for the command's own entry.</param>
public sealed record Envelope(Instant Now, ProjectSettings Settings, Origin? Origin = null, EntryText? Text = null);

/// <summary>What a command comes to. Pure: nothing has happened until the entries are committed.</summary>
public abstract record Decision
{
    /// <summary>The entries to commit, due work first and the command's own last, and what they leave.</summary>
    public sealed record Accepted(
        ImmutableArray<SealedEntry> Entries, ChainState State, IReadOnlyCollection<ChainRecord> Records) : Decision;

    /// <summary>Already so: nothing to enter, the present state is the answer.</summary>
    public sealed record Unchanged : Decision;

    /// <summary>An earlier entry has done it: its answer again if it was the same call, else the refusal.</summary>
    public sealed record Repeats(long Sequence, Rejection Otherwise) : Decision;
    public sealed record Refused(Rejection Rejection) : Decision;

    /// <summary>Records that must be at hand first; decide again with them.</summary>
    public sealed record Needs(ImmutableArray<RecordKey> Records) : Decision;

    public static implicit operator Decision(Rejection rejection) => new Refused(rejection);
}

/// <summary>Records beside the state, as far as they have been loaded.</summary>
public interface IRecords
{
    /// <summary>False when it has not been looked for; true with null when there is none.</summary>
    bool TryGet(RecordKey key, out ChainRecord? record);
}

/// <summary>Records by key in a dictionary; a null value says that there is none.</summary>
public sealed class LoadedRecords : IRecords
{
    private readonly Dictionary<RecordKey, ChainRecord?> _records = [];
    public static readonly LoadedRecords None = new();
    public void Add(RecordKey key, ChainRecord? record) => _records[key] = record;
    public bool TryGet(RecordKey key, out ChainRecord? record) => _records.TryGetValue(key, out record);
}
