using System.Collections.Immutable;
using System.Globalization;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Usage;

namespace Tallystick.Api.Pricing;

/// <summary>A price as it travels, read and rendered.</summary>
internal static class PriceForm
{
    private const int SecondsOfMinute = 60, MinutesOfHour = 60;

    /// <param name="place">Where the price is in the body, for errors: <c>prices[0]</c>.</param>
    public static Price Read(PriceBody body, string place)
    {
        var price = new Price
        {
            Selector = new(body.Provider, body.Model, body.Service, [.. body.Aliases ?? []])
            {
                IgnoresCase = body.IgnoreCase ?? false,
            },
            EffectiveFrom = body.EffectiveFrom?.ToInstant(),
            Standard = Card(body.Rates, body.Tiers, place),
            Modes = [.. Modes(body.Modes, place)],
            Windows = [.. (body.Windows ?? []).Select(window => Window(window, place))],
            Regions = Factors(body.Regions, $"{place}.regions"),
            Markup = body.Markup is { } markup ? Read(markup) : null,
            Source = body.Source,
        };
        return PriceCheck.Of(price) is Rejection.InvalidField wrong
            ? throw RequestException.Invalid($"{place}.{wrong.Field}", wrong.Reason)
            : price;
    }

    public static Markup Read(MarkupBody body) =>
        new((body.Percent ?? default).ToDecimal(), (body.Fixed ?? default).ToDecimal());

    public static ImmutableArray<Factor> Factors(IReadOnlyDictionary<string, ExactNumber>? factors, string place)
    {
        foreach (var name in factors?.Keys ?? [])
            if (name.Length == 0) throw RequestException.Invalid(place, "a name");
        return
        [
            .. (factors ?? ImmutableDictionary<string, ExactNumber>.Empty)
                .OrderBy(factor => factor.Key, StringComparer.Ordinal)
                .Select(factor => new Factor(factor.Key, factor.Value.ToDecimal())),
        ];
    }

    public static PriceResponse Render(Price price, int project) => new()
    {
        Id = price.Number.IsNone ? null
            : ThingId.Format(ThingId.Price, ChainKey.OfProject(project), price.Number),
        Provider = price.Selector.Provider,
        Model = price.Selector.Model,
        Service = price.Selector.Service,
        Aliases = price.Selector.Aliases.IsEmpty ? null : price.Selector.Aliases,
        IgnoreCase = price.Selector.IgnoresCase ? true : null,
        EffectiveFrom = price.EffectiveFrom?.ToTimestamp(),
        Rates = Render(price.Standard.Rates),
        Tiers = Render(price.Standard.Tiers),
        Modes = price.Modes.IsEmpty ? null : price.Modes.ToDictionary(mode => Words.Of(mode.Mode), Render),
        Windows = price.Windows.IsEmpty ? null : [.. price.Windows.Select(Render)],
        Regions = Render(price.Regions),
        Markup = price.Markup is { } markup ? Render(markup) : null,
        Source = price.Source,
    };

    public static MarkupBody Render(Markup markup) =>
        new() { Percent = markup.Percent.ToNumber(), Fixed = markup.FixedUsd.ToNumber() };

    public static Dictionary<string, ExactNumber>? Render(ImmutableArray<Factor> factors) =>
        factors.IsEmpty ? null : factors.ToDictionary(factor => factor.Name, factor => factor.Value.ToNumber());

    private static RateCard Card(
        IReadOnlyDictionary<string, ExactNumber>? rates, IReadOnlyList<PriceTierBody>? tiers, string place) => new(
        Table(rates, place),
        [
            .. (tiers ?? []).Select(tier =>
                new ContextTier(tier.AboveInputTokens, tier.Inclusive ?? false, Table(tier.Rates, $"{place}.tiers"))),
        ]);

    private static RateTable Table(IReadOnlyDictionary<string, ExactNumber>? rates, string place) =>
        RateTable.Of((rates ?? ImmutableDictionary<string, ExactNumber>.Empty).Select(rate => new UnitRate(
            Unit.TryFromRate(rate.Key, out var unit)
                ? unit
                : throw RequestException.Invalid($"{place}.rates.{rate.Key}", "not the name of a rate: a-z 0-9 _"),
            rate.Value.ToDecimal())));

    private static IEnumerable<ModeRates> Modes(IReadOnlyDictionary<string, PriceModeBody>? modes, string place)
    {
        foreach (var (name, body) in modes ?? ImmutableDictionary<string, PriceModeBody>.Empty)
        {
            var mode = Words.ToUsageMode(name)
                ?? throw RequestException.Invalid($"{place}.modes.{name}", "batch, flex or priority");
            var card = Card(body.Rates, body.Tiers, $"{place}.modes.{name}");
            yield return new(mode, card, body.Factor?.ToDecimal() ?? ExactDecimal.One);
        }
    }

    private static TimeWindow Window(PriceWindowBody body, string place) => new(
        [.. body.HoursUtc.Select(hours => Span(hours, place))], [.. body.Weekdays ?? []],
        Table(body.Rates, $"{place}.windows"));

    private static DaySpan Span(string hours, string place)
    {
        var ends = hours.Split('-');
        return ends.Length == 2 && TrySecond(ends[0], out var from) && TrySecond(ends[1], out var to)
            ? new(from, to)
            : throw RequestException.Invalid($"{place}.windows", "hours_utc like 16:30-00:30");
    }

    private static bool TrySecond(string text, out int second)
    {
        var isTime = TimeOnly.TryParseExact(
            text, (string[])["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        second = (time.Hour * MinutesOfHour + time.Minute) * SecondsOfMinute + time.Second;
        return isTime;
    }

    private static Dictionary<string, ExactNumber> Render(RateTable rates) =>
        rates.All.ToDictionary(rate => rate.Unit.Name, rate => rate.Rate.ToNumber());

    private static List<PriceTierBody>? Render(ImmutableArray<ContextTier> tiers) =>
        tiers.IsEmpty ? null : [.. tiers.Select(tier => new PriceTierBody
        {
            AboveInputTokens = tier.Threshold, Inclusive = tier.Inclusive ? true : null, Rates = Render(tier.Rates),
        })];

    private static PriceModeBody Render(ModeRates mode) => new()
    {
        Rates = mode.Card.Rates.IsEmpty ? null : Render(mode.Card.Rates),
        Tiers = Render(mode.Card.Tiers),
        Factor = mode.Factor == ExactDecimal.One ? null : mode.Factor.ToNumber(),
    };

    private static PriceWindowBody Render(TimeWindow window) => new()
    {
        HoursUtc = [.. window.Spans.Select(span => $"{Time(span.From)}-{Time(span.To)}")],
        Weekdays = window.Days.IsEmpty ? null : window.Days,
        Rates = Render(window.Rates),
    };

    private static string Time(int second)
    {
        var time = TimeOnly.FromTimeSpan(TimeSpan.FromSeconds(second % DaySpan.DaySeconds));
        return time.ToString(time.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
