using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Core;

/// <summary>What a command comes to. Pure: nothing has happened until the entries are committed.</summary>
public abstract record Decision
{
    /// <summary>The entries to commit, due work first and the command's own last, and what they leave.</summary>
    public sealed record Accepted(
        ImmutableArray<SealedEntry> Entries, ChainState State, IReadOnlyCollection<ChainRecord> Records) : Decision;

    /// <summary>Already so: nothing to enter, the present state is the answer.</summary>
    public sealed record Unchanged : Decision;

    /// <summary>
    /// An earlier entry has done it: its answer again if it was the same call, else the refusal; null where it does not
    /// matter which call it was.
    /// </summary>
    public sealed record Repeats(long Sequence, Rejection? Otherwise) : Decision;
    public sealed record Refused(Rejection Rejection) : Decision;

    /// <summary>Records that must be at hand first; decide again with them.</summary>
    public sealed record Needs(ImmutableArray<RecordKey> Records) : Decision;

    public static implicit operator Decision(Rejection rejection) => new Refused(rejection);
}
