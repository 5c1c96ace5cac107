using System.Text.Json;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Contracts.Usage;

namespace Tallystick.Contracts.Transactions;

/// <summary>One entry of the journal.</summary>
public sealed record TransactionResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary>1 for the account's first entry; no number is left out.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// <c>grant</c>, <c>charge</c>, <c>hold</c>, <c>capture</c>, <c>release</c>, <c>refund</c>, <c>grant_expired
    /// </c> …
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>What the entry is about: the id of a grant, hold, charge or refund.</summary>
    public string? SubjectId { get; init; }

    /// <summary>What was granted, charged, held, captured, given back, expired or voided; never negative.</summary>
    public required Amount Amount { get; init; }

    /// <summary>What that did to the balance (available + held); negative where it fell.</summary>
    public required Amount BalanceChange { get; init; }
    public required IReadOnlyList<PostingResponse> Postings { get; init; }
    public required Amount BalanceAfter { get; init; }
    public required Amount AvailableAfter { get; init; }

    /// <summary>What was used, where it was priced, with the provider's own object in <c>raw</c>.</summary>
    public UsageBody? Usage { get; init; }
    public CostResponse? Cost { get; init; }

    /// <summary>Of a row of another system's history: what it says.</summary>
    public ImportedResponse? Imported { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public string? IdempotencyKey { get; init; }
    public JsonElement? Metadata { get; init; }

    /// <summary>The key that asked; null for what fell due by itself.</summary>
    public string? KeyId { get; init; }

    /// <summary>The licence whose key came with the request.</summary>
    public string? LicenseId { get; init; }
    public string? TraceId { get; init; }

    /// <summary>SHA-256 over the entry's bytes and the hash before it, in hex.</summary>
    public required string Hash { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
