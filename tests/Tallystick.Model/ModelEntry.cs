using System.Numerics;

namespace Tallystick.Model;

/// <summary>One journal entry. Entries are never changed once written.</summary>
public sealed record ModelEntry
{
    public required long Sequence { get; init; }
    public required EntryKind Kind { get; init; }
    public required long At { get; init; }

    /// <summary>The grant, hold or charge that the entry is about: a capture's hold, a refund's charge.</summary>
    public required ThingId? Subject { get; init; }

    public required BigInteger Amount { get; init; }
    public required IReadOnlyList<ModelPosting> Postings { get; init; }
    public required IReadOnlyList<ModelRepayment> Repayments { get; init; }
    public required BigInteger BalanceAfter { get; init; }
    public required BigInteger AvailableAfter { get; init; }
}
