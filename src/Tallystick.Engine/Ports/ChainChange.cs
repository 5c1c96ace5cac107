using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>Everything that one batch does to one chain. All of a batch commits, or none of it.</summary>
public sealed record ChainChange
{
    public required ChainKey Key { get; init; }

    /// <summary>The chain's sequence before this change; a store shared by several nodes refuses another.</summary>
    public required long SequenceBefore { get; init; }

    /// <summary>New entries, consecutive from <see cref="SequenceBefore"/> + 1.</summary>
    public required IReadOnlyList<SealedEntry> Entries { get; init; }

    /// <summary>The state after the last of them.</summary>
    public required ChainState State { get; init; }

    /// <summary>Records that changed, in their last form; a record that reopened is not among them.</summary>
    public required IReadOnlyCollection<ChainRecord> Records { get; init; }
}
