using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;

namespace Tallystick.Contracts.Projects;

/// <summary>A project's settings.</summary>
public sealed record ProjectSettingsResponse
{
    public required string Name { get; init; }

    /// <summary>Seconds that credits live which are refunded to an expired grant.</summary>
    public required long RefundGrace { get; init; }

    /// <summary>Seconds that a hold may live in all.</summary>
    public required long MaxHoldLifetime { get; init; }

    /// <summary>Seconds that a usage event may come late.</summary>
    public required long MaxEventAge { get; init; }
    public required ExactNumber CreditsPerUsd { get; init; }

    /// <summary>For prices that have none of their own.</summary>
    public required MarkupBody Markup { get; init; }
    public required MultipliersBody Multipliers { get; init; }

    /// <summary>The tier of accounts that are made for whoever comes with a token.</summary>
    public required string DefaultTier { get; init; }
    /// <summary>Keys of metadata that usage is reported by.</summary>
    public required IReadOnlyList<string> ReportKeys { get; init; }
    public required ProjectLimitsBody Limits { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
