using Tallystick.Contracts.Usage;

namespace Tallystick.Contracts.Pricing;

/// <summary>Body of <c>POST /api/v1/estimate</c>: what would this cost now?</summary>
public sealed record EstimateRequest
{
    public required UsageBody Usage { get; init; }

    /// <summary>For an account: with its tier's multiplier and what is left of its free tier.</summary>
    public string? AccountId { get; init; }
}
