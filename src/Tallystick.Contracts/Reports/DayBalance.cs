using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Reports;

/// <summary>
/// What one day did to the balance: the one before, and granted, and returned, less consumed, expired and voided, is
/// this one.
/// </summary>
public sealed record DayBalance
{
    /// <summary>In the report's time zone.</summary>
    public required string Date { get; init; }

    /// <summary>Grants that became spendable.</summary>
    public required Amount Granted { get; init; }

    /// <summary>What charges and captures took, debt included.</summary>
    public required Amount Consumed { get; init; }

    /// <summary>What refunds gave back.</summary>
    public required Amount Returned { get; init; }

    /// <summary>What expired and did not roll over.</summary>
    public required Amount Expired { get; init; }

    /// <summary>What was voided or clawed back.</summary>
    public required Amount Voided { get; init; }

    /// <summary>Available and held at the end of the day.</summary>
    public required Amount Balance { get; init; }
}
