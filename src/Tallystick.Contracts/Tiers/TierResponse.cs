using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Tiers;

/// <summary>A tier as it is now.</summary>
public sealed record TierResponse
{
    public required string Name { get; init; }
    public string? Title { get; init; }
    public required Amount SignupCredits { get; init; }
    public required Amount Allowance { get; init; }
    public required bool Renews { get; init; }
    public required string Bucket { get; init; }
    public required int Priority { get; init; }
    public required string Period { get; init; }
    public required Rollover Rollover { get; init; }
    public Amount? MonthlyCap { get; init; }
    public required Amount Multiplier { get; init; }
    public FreeTier? FreeTier { get; init; }
    public required RateLimits RateLimits { get; init; }
    public JsonElement? Features { get; init; }

    /// <summary>Since when it has been so.</summary>
    public required Timestamp EffectiveFrom { get; init; }
}
