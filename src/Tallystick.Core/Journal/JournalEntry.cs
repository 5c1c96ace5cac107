using System.Collections.Immutable;
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
    public CreditAmount BalanceAfter { get; init; }
    public CreditAmount AvailableAfter { get; init; }

    /// <summary>Who asked; null for due work.</summary>
    public Origin? Origin { get; init; }

    /// <summary>SHA-256 of salt and text kept beside the chain; empty when there is none.</summary>
    public ImmutableArray<byte> TextDigest { get; init; } = [];

    public ThingNumber Number => new(Sequence, 0);

    /// <summary>It looked for credits in burn order, so that the grants it passed over are part of why it took these.</summary>
    public bool TakesInBurnOrder =>
        Body is EntryBody.Charged or EntryBody.HoldPlaced || Moves.Any(move => move.Kind is MoveKind.Spend);
}

/// <summary>The request behind an entry.</summary>
/// <param name="Key">The idempotency key that this entry claims, if any.</param>
/// <param name="RequestHash">16 bytes over the meaning of the request; what a replay must match.</param>
/// <param name="Actor">The number of the API key in the project's chain; none for the server itself.</param>
/// <param name="TraceId">16 bytes, W3C trace id.</param>
public sealed record Origin(
    string? Key, ImmutableArray<byte> RequestHash, ThingNumber Actor, ImmutableArray<byte> TraceId);

/// <summary>Free text of an entry, kept beside the chain so that it can be erased.</summary>
/// <param name="Salt">16 random bytes.</param>
/// <param name="Content">Canonical JSON, UTF-8.</param>
public sealed record EntryText(ImmutableArray<byte> Salt, ImmutableArray<byte> Content);

/// <summary>An entry as it is stored: its canonical bytes and the hash that ties it to the one before.</summary>
public sealed record SealedEntry(JournalEntry Entry, byte[] Bytes, byte[] Hash, EntryText? Text = null);
