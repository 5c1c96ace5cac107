using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Transactions;

/// <summary>A row of another system's books, as it stood there. It moved nothing here.</summary>
public sealed record ImportedResponse
{
    public required string Table { get; init; }

    /// <summary>What the row was called there.</summary>
    public required string RowId { get; init; }
    public required Timestamp OccurredAt { get; init; }

    /// <summary>The other system's word for it.</summary>
    public string? Type { get; init; }

    /// <summary>What it did to the balance there; below zero where it took.</summary>
    public required Amount Amount { get; init; }

    /// <summary>What the row says that was left.</summary>
    public Amount? BalanceAfter { get; init; }

    /// <summary>From which buckets a charge took, where the row says so: then it can be refunded.</summary>
    public required IReadOnlyList<BreakdownLeg> Breakdown { get; init; }
}
