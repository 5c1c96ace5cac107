using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

/// <summary>Body of <c>PUT /api/v1/accounts/{account_id}</c>. What is absent stays as it is.</summary>
public sealed record PutAccountRequest
{
    /// <summary>At most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>At most 320 characters.</summary>
    public string? Email { get; init; }

    /// <summary>An object of at most 50 members and 16 KiB.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>How far admission may go below zero; default 0.</summary>
    public Amount? OverdraftLimit { get; init; }
}

/// <summary>An account.</summary>
public sealed record AccountResponse
{
    public required string AccountId { get; init; }

    /// <summary><c>active</c>, <c>suspended</c> or <c>closed</c>.</summary>
    public required string Status { get; init; }
    public string? Name { get; init; }
    public string? Email { get; init; }
    public JsonElement? Metadata { get; init; }
    public required Amount OverdraftLimit { get; init; }
    public required Timestamp CreatedAt { get; init; }
    public required Timestamp UpdatedAt { get; init; }
}

/// <summary>Body of <c>POST /api/v1/accounts/{account_id}/close</c>.</summary>
public sealed record CloseAccountRequest
{
    /// <summary>Release open holds first; otherwise they refuse the closing with 409 <c>conflict</c>.</summary>
    public bool ReleaseHolds { get; init; }
}

/// <summary>What an account has. <c>available</c> = Σ remaining − debt − reserved overdraft; <c>balance</c> = available + held.</summary>
public sealed record BalanceResponse
{
    public required string AccountId { get; init; }
    public required string Status { get; init; }
    public required Amount Balance { get; init; }
    public required Amount Held { get; init; }

    /// <summary>May be negative: then something is owed.</summary>
    public required Amount Available { get; init; }
    public required Amount Debt { get; init; }
    public required Amount OverdraftLimit { get; init; }
    public required IReadOnlyList<BucketBalance> Buckets { get; init; }
    public required IReadOnlyList<GrantBalance> Grants { get; init; }

    /// <summary>The next credits to expire; null if none will.</summary>
    public ExpiringNext? ExpiringNext { get; init; }
    public required Timestamp AsOf { get; init; }
}

public sealed record BucketBalance(string Bucket, Amount Remaining, Amount Held);

public sealed record GrantBalance(
    string GrantId, string Bucket, string Kind, int Priority, string Status, Amount Remaining, Amount Held,
    Timestamp EffectiveAt, Timestamp? ExpiresAt);

public sealed record ExpiringNext(Amount Amount, Timestamp At);

/// <summary>Body of <c>POST /api/v1/check</c>: would this amount pass now?</summary>
public sealed record CheckRequest
{
    public required string AccountId { get; init; }
    public required Amount Amount { get; init; }
}

/// <summary>The answer a charge or hold would be decided by. Nothing is set aside.</summary>
public sealed record CheckResponse
{
    public required bool Allowed { get; init; }
    public required Amount Required { get; init; }
    public required Amount Available { get; init; }

    /// <summary>What refuses: <c>balance</c>, or the account's state; null when it is allowed.</summary>
    public string? LimitSource { get; init; }

    /// <summary>The code that a charge would be refused with; null when it is allowed.</summary>
    public string? Code { get; init; }
    public required Amount AffordableAmount { get; init; }
}
