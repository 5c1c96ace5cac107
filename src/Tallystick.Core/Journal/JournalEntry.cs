using System.Collections.Immutable;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>
/// One fact in a chain: what happened, when, which credits moved, and what the account had afterwards. Immutable once
/// committed; its canonical bytes (docs/journal-format.md) and the hash of the entry before it give its own hash.
/// </summary>
public sealed record JournalEntry
{
    public required ChainKey Chain { get; init; }
    public required long Sequence { get; init; }
    public required Instant At { get; init; }
    public required EntryBody Body { get; init; }
    public ImmutableArray<Move> Moves { get; init; } = [];

    /// <summary>The buckets of the grants in <see cref="Moves"/>, in order of first appearance.</summary>
    public ImmutableArray<string> Buckets { get; init; } = [];
    /// <summary>The budgets that a charge, capture or hold counts in.</summary>
    public ImmutableArray<Count> Counts { get; init; } = [];
    public CreditAmount BalanceAfter { get; init; }
    public CreditAmount AvailableAfter { get; init; }

    /// <summary>Who asked; null for due work.</summary>
    public Origin? Origin { get; init; }

    /// <summary>SHA-256 of salt and text kept beside the chain; empty when there is none.</summary>
    public ImmutableArray<byte> TextDigest { get; init; } = [];

    public ThingNumber Number => new(Sequence, 0);

    /// <summary>The usage that its amount is the price of; null where it was given as an amount.</summary>
    public Pricing.PricedUsage? Priced => Body switch
    {
        EntryBody.Charged body => body.Priced,
        EntryBody.HoldPlaced body => body.Priced,
        EntryBody.Captured body => body.Priced,
        EntryBody.UsageRecorded body => body.Priced,
        EntryBody.Corrected body => body.Priced,
        _ => null,
    };

    /// <summary>What it is about; null where it is about an amount.</summary>
    public Usage.MeteredUsage? Usage => (Body as EntryBody.UsageRecorded)?.Counted ?? Priced?.Usage;

    /// <summary>A hold over what an import had set aside for it.</summary>
    public bool TakesOverHeld => Body is EntryBody.HoldPlaced && Moves is [{ Kind: MoveKind.Return }, ..];

    /// <summary>
    /// It looked for credits in burn order, so that the grants it passed over are part of why it took these.
    /// </summary>
    public bool TakesInBurnOrder =>
        Body is EntryBody.Charged
        || (Body is EntryBody.HoldPlaced && !TakesOverHeld)
        || (Body is not EntryBody.BalanceImported && Moves.Any(move => move.Kind is MoveKind.Spend));
}
