using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;

namespace Tallystick.Contracts.Projects;

/// <summary>Body of <c>PATCH /api/v1/project</c>: what is given changes, from now on.</summary>
public sealed record ProjectSettingsRequest
{
    /// <summary>Seconds.</summary>
    public long? RefundGrace { get; init; }

    /// <summary>Seconds.</summary>
    public long? MaxHoldLifetime { get; init; }

    /// <summary>Seconds.</summary>
    public long? MaxEventAge { get; init; }

    /// <summary>Greater than 0.</summary>
    public ExactNumber? CreditsPerUsd { get; init; }
    public MarkupBody? Markup { get; init; }
    public MultipliersBody? Multipliers { get; init; }

    /// <summary>The tier of accounts that are made for whoever comes with a token.</summary>
    public string? DefaultTier { get; init; }
    /// <summary>
    /// Keys of metadata that usage is reported by, at most eight. They count from now on; what is under them stays in
    /// the journal when an account's free text is erased.
    /// </summary>
    public IReadOnlyList<string>? ReportKeys { get; init; }

    /// <summary>Takes the place of all the limits that there were.</summary>
    public ProjectLimitsBody? Limits { get; init; }
}
