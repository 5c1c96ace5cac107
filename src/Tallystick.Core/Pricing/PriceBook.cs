using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// All prices of a project, and the one that a usage is rated by. Of the prices in effect at the instant that match:
/// one that names the provider goes before one for any; then the model's own name before an alias, an alias before a
/// pattern, the pattern that fixes more characters before others, and any of them before a price without a model; then
/// one that names the service; then the last recorded. A usage without a provider takes the best match among all
/// providers, if it is one. Immutable.
/// </summary>
public sealed class PriceBook
{
    public static readonly PriceBook Empty = new([]);
    private readonly ImmutableArray<DatedSettings> _settings;
    /// <summary>By name in lower case; whether case matters, the pattern tells.</summary>
    private readonly Dictionary<string, List<Line>> _exact = new(StringComparer.Ordinal);

    /// <summary>Lines with a pattern or without a model, by provider; those for any under none.</summary>
    private readonly Dictionary<string, List<Line>> _others = new(StringComparer.Ordinal);
    private readonly Dictionary<ThingNumber, int> _byNumber = [];

    /// <param name="prices">In the order recorded.</param>
    /// <param name="settings">In the order recorded; before the first the default ones stand.</param>
    public PriceBook(IEnumerable<Price> prices, IEnumerable<DatedSettings>? settings = null)
    {
        Prices = [.. prices];
        _settings = [.. settings ?? []];
        var versions = new Dictionary<PriceSelector, List<int>>();
        for (var i = 0; i < Prices.Length; i++)
        {
            if (!versions.TryGetValue(Prices[i].Selector, out var line)) versions[Prices[i].Selector] = line = [];
            line.Add(i);
        }
        foreach (var line in versions.Values) Index([.. line]);
        for (var i = 0; i < Prices.Length; i++) _byNumber[Prices[i].Number] = i;
    }

    /// <summary>In the order recorded, superseded versions too.</summary>
    public ImmutableArray<Price> Prices { get; }

    /// <summary>The version of each price that is in effect at the instant, in the order of their selectors.</summary>
    public IEnumerable<Price> InEffect(Instant at) =>
        Prices.GroupBy(price => price.Selector).Select(line => Latest(line, at)).OfType<Price>()
            .OrderBy(price => price.Selector.ToString(), StringComparer.Ordinal);

    /// <summary>The book that the entries of a project's chain have made; all others are passed over.</summary>
    public static PriceBook Of(IEnumerable<JournalEntry> entries)
    {
        var prices = new List<Price>();
        var settings = new List<DatedSettings>();
        foreach (var entry in entries)
        {
            if (entry.Body is EntryBody.SettingsChanged { Pricing: { } pricing }) settings.Add(new(entry.At, pricing));
            if (entry.Body is not EntryBody.PricesRecorded recorded) continue;
            foreach (var (i, price) in recorded.Prices.Index())
                prices.Add(price with { Number = new(entry.Sequence, i + 1) });
        }
        return new(prices, settings);
    }

    /// <summary>A version by its number; null if there is none.</summary>
    public Price? Find(ThingNumber number) => _byNumber.TryGetValue(number, out var index) ? Prices[index] : null;

    /// <summary>All that the project has ever had, the newest first; the default ones last.</summary>
    public IEnumerable<PricingSettings> Settings =>
        _settings.Reverse().Select(dated => dated.Settings).Append(PricingSettings.Default);

    public PricingSettings SettingsAt(Instant at) =>
        _settings.LastOrDefault(settings => settings.From <= at)?.Settings ?? PricingSettings.Default;

    /// <summary>What a usage costs by the prices and settings of an instant.</summary>
    public Rejection? Rate(MeteredUsage usage, Instant at, TierRates tier, out PricedUsage priced)
    {
        priced = null!;
        if (usage.Check() is { } wrong) return wrong;
        if (Find(usage, at, out var price) is { } unknown) return unknown;
        var terms = SettingsAt(at).TermsFor(usage, price, tier.Factor);
        if (Rating.Rate(usage, price, terms, at, tier.Free, out var cost) is { } rejection) return rejection;
        priced = new(usage, at, cost);
        return null;
    }

    /// <summary>
    /// How many output tokens a balance is good for, beside the rest of the usage; null: no end, or no tokens.
    /// </summary>
    public long? AffordableOutput(PricedUsage priced, TierRates tier, CreditAmount balance)
    {
        var (usage, at) = (priced.Usage, priced.At);
        if (Find(usage, at, out var price) is not null) return null;
        var terms = SettingsAt(at).TermsFor(usage, price, tier.Factor);
        return WorstCase.AffordableOutput(usage, price, terms, at, tier.Free, balance, out var tokens) is null
            ? tokens
            : null;
    }

    /// <summary>The price that the usage is rated by at the instant.</summary>
    public Rejection? Find(MeteredUsage usage, Instant at, out Price price)
    {
        var best = new List<(Match Match, Price Price)>();
        foreach (var line in Candidates(usage))
        {
            if (line.Provider is not null && usage.Provider is not null && line.Provider != usage.Provider) continue;
            if (line.Service is not null && line.Service != usage.Service) continue;
            if (Version(line, usage, at) is { } found) best.Add(found);
        }
        price = null!;
        if (best.Count == 0) return new Rejection.UnknownPrice($"{Describe(usage)} has no price at {at}");
        var first = best.Max(one => one.Match);
        var rivals = Rivals(best, first);
        if (rivals.Count > 1)
            return new Rejection.UnknownPrice(
                $"{Describe(usage)} has prices of several providers ({string.Join(", ", rivals)}): name one");
        price = best.First(one => one.Match == first).Price;
        return null;
    }

    /// <summary>Whether a version is for the usage and in effect at the instant, whatever others there are.</summary>
    internal static bool IsFor(Price price, MeteredUsage usage, Instant at)
    {
        var (selector, model) = (price.Selector, usage.Model);
        return Start(price) <= at.Micros
            && (selector.Provider is null || usage.Provider is null || selector.Provider == usage.Provider)
            && (selector.Service is null || selector.Service == usage.Service)
            && (selector.Model is null || (model is not null && selector.Models.Any(name => name.Matches(model))));
    }

    /// <summary>Equally good matches of two providers are a question, not an answer.</summary>
    private static List<string?> Rivals(List<(Match Match, Price Price)> found, Match first) =>
        [.. found.Where(one => one.Match with { Recorded = 0 } == first with { Recorded = 0 })
            .Select(one => one.Price.Selector.Provider).Distinct().Order(StringComparer.Ordinal)];

    private IEnumerable<Line> Candidates(MeteredUsage usage)
    {
        var others = usage.Provider is { } provider
            ? OthersOf(provider).Concat(OthersOf(""))
            : _others.Values.SelectMany(lines => lines);
        return usage.Model is { } model && _exact.TryGetValue(ModelPattern.Folded(model), out var exact)
            ? exact.Concat(others)
            : others;
    }

    private List<Line> OthersOf(string provider) => _others.GetValueOrDefault(provider) ?? [];

    private (Match, Price)? Version(Line line, MeteredUsage usage, Instant at)
    {
        if (line.Pattern is { } pattern && (usage.Model is null || !pattern.Matches(usage.Model))) return null;
        var (price, recorded) = ((Price?)null, -1);
        foreach (var index in line.Versions)
        {
            if (!IsLater(Prices[index], price, at)) continue;
            (price, recorded) = (Prices[index], index);
        }
        if (price is null || (line.Pattern is { } name && !price.Selector.Models.Contains(name))) return null;
        var names = usage.Provider is not null && line.Provider is not null ? 1 : 0;
        var anyone = usage.Provider is null && line.Provider is null ? 1 : 0;
        return (new(names, Rank(line.Pattern, price), line.Service is null ? 0 : 1, anyone, recorded), price);
    }

    private static int Rank(ModelPattern? pattern, Price price) => pattern switch
    {
        null => 0,
        { IsExact: false } => pattern.Value.LiteralLength + 1,
        _ => pattern == price.Selector.Models.First() ? int.MaxValue : int.MaxValue - 1,
    };

    internal static Price? Latest(IEnumerable<Price> versions, Instant at)
    {
        Price? latest = null;
        foreach (var price in versions)
            if (IsLater(price, latest, at)) latest = price;
        return latest;
    }

    /// <summary>Of two with the same date the one recorded later stands.</summary>
    private static bool IsLater(Price price, Price? than, Instant at) =>
        Start(price) <= at.Micros && (than is null || Start(price) >= Start(than));

    private static long Start(Price price) => price.EffectiveFrom?.Micros ?? long.MinValue;

    /// <summary>
    /// Every name that any version has had leads to the line; whether it still has it, the version tells.
    /// </summary>
    private void Index(ImmutableArray<int> versions)
    {
        var selector = Prices[versions[0]].Selector;
        if (selector.Model is null)
        {
            AddOther(new(selector.Provider, null, selector.Service, versions));
            return;
        }
        foreach (var pattern in versions.SelectMany(index => Prices[index].Selector.Models).Distinct())
        {
            var line = new Line(selector.Provider, pattern, selector.Service, versions);
            if (!pattern.IsExact) AddOther(line);
            else if (_exact.TryGetValue(ModelPattern.Folded(pattern.Text), out var lines)) lines.Add(line);
            else _exact[ModelPattern.Folded(pattern.Text)] = [line];
        }
    }

    private void AddOther(Line line)
    {
        var provider = line.Provider ?? "";
        if (_others.TryGetValue(provider, out var lines)) lines.Add(line);
        else _others[provider] = [line];
    }

    private static string Describe(MeteredUsage usage) =>
        string.Join(", ", new[] { ("provider", usage.Provider), ("model", usage.Model), ("service", usage.Service) }
            .Where(part => part.Item2 is not null).Select(part => $"{part.Item1} '{part.Item2}'"));

    private sealed record Line(string? Provider, ModelPattern? Pattern, string? Service, ImmutableArray<int> Versions);

    /// <summary>How well a price matches; the greatest wins.</summary>
    /// <param name="Anyone">For a usage without a provider: 1 where the price is for any.</param>
    private readonly record struct Match(int Provider, int Model, int Service, int Anyone, int Recorded)
        : IComparable<Match>
    {
        public int CompareTo(Match other) =>
            (Provider, Model, Service, Anyone, Recorded).CompareTo(
                (other.Provider, other.Model, other.Service, other.Anyone, other.Recorded));
    }
}
