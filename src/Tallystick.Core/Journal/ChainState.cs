using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>The fold of one chain up to its last entry. Immutable.</summary>
public abstract record ChainState
{
    public required ChainKey Key { get; init; }

    /// <summary>Sequence of the last entry; 0 before the first.</summary>
    public long Sequence { get; init; }

    /// <summary>Hash of the last entry.</summary>
    public byte[] Head { get; init; } = HashChain.Genesis;
    public Instant LastAt { get; init; }

    /// <summary>A lower bound of the instant at which something falls due by itself; null when nothing will.</summary>
    public virtual Instant? NextDue => null;
    public abstract byte[] Encode();

    /// <summary>The one form of this state: nothing in it depends on how, or in which batches, it came about.</summary>
    public virtual ChainState Canonical() => this;

    /// <summary>
    /// What equal histories share on every store: the canonical form without free text and secrets' hashes.
    /// </summary>
    /// <param name="head">Takes the place of <see cref="Head"/>: over the semantic form of the entries.</param>
    public abstract ChainState Semantic(byte[] head);
}
