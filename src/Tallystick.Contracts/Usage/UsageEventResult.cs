using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;

namespace Tallystick.Contracts.Usage;

/// <summary>What became of one event.</summary>
public sealed record UsageEventResult
{
    /// <summary>Null where it could not be read.</summary>
    public string? Id { get; init; }

    /// <summary><c>accepted</c>, <c>duplicate</c> (of the same content, before) or <c>rejected</c>.</summary>
    public required string Status { get; init; }
    public string? Source { get; init; }
    public string? TransactionId { get; init; }

    /// <summary>Of its charge, which can be refunded; null where it was only metered.</summary>
    public string? ChargeId { get; init; }

    /// <summary>What was charged.</summary>
    public Amount? Amount { get; init; }

    /// <summary>Null where it has no price and was only metered.</summary>
    public CostResponse? Cost { get; init; }
    public Amount? AvailableAfter { get; init; }

    /// <summary>Why it was rejected.</summary>
    public ProblemResponse? Error { get; init; }
}
