using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>
/// What of a project's pricing settings is to change; what is null stays as it is when that is decided.
/// </summary>
public sealed record PricingSettingsChange
{
    public ExactDecimal? CreditsPerUsd { get; init; }
    public Markup? Markup { get; init; }
    public Duration? EventAgeMax { get; init; }
    public ImmutableArray<Factor>? Providers { get; init; }
    public ImmutableArray<Factor>? Models { get; init; }
    public ImmutableArray<Factor>? Regions { get; init; }

    /// <summary>All of them.</summary>
    public static PricingSettingsChange To(PricingSettings settings) => new()
    {
        CreditsPerUsd = settings.CreditsPerUsd, Markup = settings.Markup, EventAgeMax = settings.EventAgeMax,
        Providers = settings.Providers, Models = settings.Models, Regions = settings.Regions,
    };

    /// <summary>The settings as they are afterwards.</summary>
    public PricingSettings Of(PricingSettings present) => new()
    {
        CreditsPerUsd = CreditsPerUsd ?? present.CreditsPerUsd,
        Markup = Markup ?? present.Markup,
        EventAgeMax = EventAgeMax ?? present.EventAgeMax,
        Providers = Providers ?? present.Providers,
        Models = Models ?? present.Models,
        Regions = Regions ?? present.Regions,
    };
}
