using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Engine.WhatIf;

/// <summary>A project's prices, tiers and settings as they would have been.</summary>
internal sealed class OtherTerms
{
    private readonly List<(Instant From, ProjectSettings Settings)> _settings = [];
    private readonly TierBook _tiers;

    /// <param name="entries">All of the project's own.</param>
    public OtherTerms(IReadOnlyList<SealedEntry> entries, WhatIfQuery query)
    {
        ProjectState? state = null;
        var pricing = new List<DatedSettings>();
        foreach (var entry in entries)
        {
            (state, _) = ProjectRules.Fold(state, entry);
            _settings.Add((entry.Entry.At, state.Settings));
            if (entry.Entry.Body is EntryBody.SettingsChanged { Pricing: { } changed })
                pricing.Add(new(entry.Entry.At, changed));
        }
        var own = PriceBook.Of(entries.Select(entry => entry.Entry));
        var replaced = query.Prices.Select(price => price.Selector).ToHashSet();
        Prices = new(
            own.Prices.Where(price => !replaced.Contains(price.Selector)).Concat(Dated(query.Prices)), pricing);
        var names = query.Tiers.Select(tier => tier.Name).ToHashSet(StringComparer.Ordinal);
        _tiers = new(
        [
            .. state!.Tiers.Versions.Where(version => version.From < query.From || !names.Contains(version.Name)),
            .. query.Tiers.Select(tier => new TierVersion(tier.Name, query.From, tier.Terms)),
        ]);
    }

    public PriceBook Prices { get; }

    public ProjectTerms At(Instant at)
    {
        var settings = ProjectSettings.Default;
        foreach (var (from, known) in _settings)
            if (from <= at) settings = known;
        return new(settings, _tiers, ZonedCalendar.Instance);
    }

    /// <summary>Numbered behind all that a project can have; the first of each holds from the beginning.</summary>
    private static IEnumerable<Price> Dated(ImmutableArray<Price> prices)
    {
        var firsts = prices.GroupBy(price => price.Selector)
            .Select(line => line.MinBy(price => price.EffectiveFrom?.Micros ?? long.MinValue)!)
            .ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var (i, price) in prices.Index())
            yield return price with
            {
                Number = new(ThingNumber.SequenceMax, i + 1),
                EffectiveFrom = firsts.Contains(price) ? null : price.EffectiveFrom,
            };
    }
}
