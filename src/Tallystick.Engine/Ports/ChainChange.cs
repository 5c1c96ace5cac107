using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>
/// Everything that one batch does to one chain, and takes for granted about it. All of a batch commits, or none of it.
/// Without entries it only asks whether what was taken for granted still holds.
/// </summary>
public sealed record ChainChange
{
    public required ChainKey Key { get; init; }

    /// <summary>The chain's sequence before this change; a store shared by several nodes refuses another.</summary>
    public required long SequenceBefore { get; init; }

    /// <summary>
    /// The hash of the last entry before this change: a shared store that has lost entries and has others in their
    /// place refuses it.
    /// </summary>
    public required byte[] HeadBefore { get; init; }

    /// <summary>New entries, consecutive from <see cref="SequenceBefore"/> + 1.</summary>
    public required IReadOnlyList<SealedEntry> Entries
    {
        get;
        init
        {
            field = value;
            ErasesBefore = LastErasure(value);
        }
    }

    /// <summary>
    /// Idempotency keys that were taken to be unclaimed, besides those that the entries claim. A chain where one is
    /// claimed counts as moved on. Only for a store that is shared: in another one a look-up before the decision says
    /// the same.
    /// </summary>
    public IReadOnlyCollection<string> KeysAbsent { get; init; } = [];

    /// <summary>
    /// The last entry that erases free text, 0 for none: what entries before it have beside them, these or stored ones,
    /// is taken away with this change.
    /// </summary>
    public long ErasesBefore { get; private init; }

    /// <summary>The state after the last of them.</summary>
    public required ChainState State { get; init; }

    /// <summary>Records that changed, in their last form; a record that reopened is not among them.</summary>
    public required IReadOnlyCollection<ChainRecord> Records { get; init; }

    private static long LastErasure(IReadOnlyList<SealedEntry> entries)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
            if (entries[i].Entry.Body is EntryBody.TextErased) return entries[i].Entry.Sequence;
        return 0;
    }
}
