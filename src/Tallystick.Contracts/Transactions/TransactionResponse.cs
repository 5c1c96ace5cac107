using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Transactions;

/// <summary>One entry of the journal.</summary>
public sealed record TransactionResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }
    public required long Sequence { get; init; }
    public required string Kind { get; init; }

    /// <summary>What the entry is about: the id of a grant, hold or charge.</summary>
    public string? SubjectId { get; init; }
    public required Amount Amount { get; init; }
    public required IReadOnlyList<PostingResponse> Postings { get; init; }
    public required Amount BalanceAfter { get; init; }
    public required Amount AvailableAfter { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public string? IdempotencyKey { get; init; }
    public JsonElement? Metadata { get; init; }
    public string? TraceId { get; init; }
    public required string Hash { get; init; }

    /// <summary>On <c>GET /api/v1/transactions/{id}</c>: what happened and why, in sentences.</summary>
    public IReadOnlyList<string>? Explanation { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
