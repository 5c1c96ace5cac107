using System.Collections.Immutable;
using Tallystick.Core.Imports;
using Tallystick.Core.Money;

namespace Tallystick.Server.Import.Books;

/// <summary>An account of another system, with all that comes over of it.</summary>
internal sealed record SourceAccount
{
    /// <summary>What the other system calls it, and what it is called here.</summary>
    public required string SourceId { get; init; }
    public required string AccountId { get; init; }

    /// <summary>What the other system says that it can spend.</summary>
    public CreditAmount Stated { get; init; }

    /// <summary>What its buckets have; below zero is in <see cref="Owed"/>.</summary>
    public ImmutableArray<OpeningBucket> Buckets { get; init; } = [];
    public CreditAmount Owed { get; init; }
    public ImmutableArray<OpenJob> Jobs { get; init; } = [];
    public IReadOnlyList<SourceEntry> History { get; init; } = [];

    /// <summary>The layout keeps a history at all, so that the balance can be held against it.</summary>
    public bool HasLedger { get; init; } = true;
    public SourceLicense? License { get; init; }
    public CreditAmount? MonthlyCap { get; init; }

    /// <summary>What else its row says, as metadata of the account: a JSON object; null without any.</summary>
    public string? Metadata { get; init; }
    public List<Finding> Findings { get; init; } = [];

    /// <summary>Why it cannot come over; null if it can.</summary>
    public string? Refusal { get; init; }

    /// <summary>What its buckets come to: what it will have here.</summary>
    public CreditAmount Balance =>
        Buckets.Aggregate(default(CreditAmount), (sum, bucket) => sum + bucket.Remaining) - Owed;

    public CreditAmount Sum => History.Aggregate(default(CreditAmount), (sum, one) => sum + one.Row.Amount);
}
