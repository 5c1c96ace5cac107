using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>How a project turns a provider's dollars into its customers' credits.</summary>
public sealed record PricingSettings
{
    public static readonly PricingSettings Default = new();
    public ExactDecimal CreditsPerUsd { get; init; } = ExactDecimal.One;

    /// <summary>For every price that has none of its own.</summary>
    public Markup Markup { get; init; } = Markup.None;

    /// <summary>How late a usage event may come.</summary>
    public Duration EventAgeMax { get; init; } = Duration.FromDays(30);

    /// <summary>
    /// Factors on what customers pay; they multiply each other, and the tier's own. A name that is not here has 1.
    /// </summary>
    public ImmutableArray<Factor> Providers { get; init; } = [];
    public ImmutableArray<Factor> Models { get; init; } = [];
    public ImmutableArray<Factor> Regions { get; init; } = [];

    /// <param name="tierFactor">By which the account's tier multiplies prices; 1 where it has none.</param>
    public PriceTerms TermsFor(MeteredUsage usage, Price price, ExactDecimal tierFactor) => new(
        CreditsPerUsd,
        Of(Providers, usage.Provider ?? price.Selector.Provider) * Of(Models, usage.Model) * Of(Regions, usage.Region)
            * tierFactor,
        price.Markup ?? Markup);

    public bool Equals(PricingSettings? other) =>
        other is not null && CreditsPerUsd == other.CreditsPerUsd && Markup == other.Markup
        && EventAgeMax == other.EventAgeMax
        && Providers.SequenceEqual(other.Providers) && Models.SequenceEqual(other.Models)
        && Regions.SequenceEqual(other.Regions);

    public override int GetHashCode() => HashCode.Combine(CreditsPerUsd, Markup);

    private static ExactDecimal Of(ImmutableArray<Factor> factors, string? name)
    {
        foreach (var factor in factors)
            if (factor.Name == name) return factor.Value;
        return ExactDecimal.One;
    }
}
