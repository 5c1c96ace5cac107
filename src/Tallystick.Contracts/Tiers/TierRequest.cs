using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Tiers;

/// <summary>
/// Body of <c>PUT /api/v1/tiers/{name}</c>: the whole tier from now on; what is absent is as its default says.
/// </summary>
public sealed record TierRequest
{
    /// <summary>For people; at most 200 characters.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// Given once per account, when it takes the tier for the first time; they never expire. Default 0.
    /// </summary>
    public Amount? SignupCredits { get; init; }

    /// <summary>Given in each period, spendable until its end. Default 0.</summary>
    public Amount? Allowance { get; init; }

    /// <summary>False: the allowance is for the account's first period only. Default true.</summary>
    public bool? Renews { get; init; }

    /// <summary>Of the allowance: a label of 1-64 characters; default <c>monthly</c>.</summary>
    public string? Bucket { get; init; }

    /// <summary>Of the allowance: 0 (spent first) to 1000; default 100.</summary>
    public int? Priority { get; init; }

    /// <summary><c>calendar</c> (default) or <c>anniversary</c>, in the account's time zone.</summary>
    public string? Period { get; init; }

    /// <summary>Default: nothing rolls over.</summary>
    public Rollover? Rollover { get; init; }

    /// <summary>What may be spent in a period; null for no cap.</summary>
    public Amount? MonthlyCap { get; init; }

    /// <summary>By which prices are multiplied; default 1.</summary>
    public Amount? Multiplier { get; init; }
    public FreeTier? FreeTier { get; init; }
    public RateLimits? RateLimits { get; init; }

    /// <summary>What else the tier has, for you alone: an object of at most 50 members and 16 KiB.</summary>
    public JsonElement? Features { get; init; }
}
