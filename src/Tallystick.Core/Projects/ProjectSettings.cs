using System.Collections.Immutable;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>What a project decides for all of its accounts.</summary>
public sealed record ProjectSettings(Duration RefundGrace, Duration MaxHoldLifetime)
{
    public static readonly ProjectSettings Default = new(Duration.FromDays(7), Duration.FromDays(7));

    /// <summary>The tier of accounts that are made for whoever comes with a token.</summary>
    public string DefaultTier { get; init; } = "trial";
    /// <summary>Keys of metadata that reports tell events apart by.</summary>
    public ImmutableArray<string> ReportKeys { get; init; } = [];

    public ProjectLimits Limits { get; init; } = ProjectLimits.None;

    /// <summary>As of now; what stood at an instant, the price book tells.</summary>
    public PricingSettings Pricing { get; init; } = PricingSettings.Default;
}
