using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing.Import;

/// <summary>
/// Reads the genai-prices table (<c>data.json</c>, version 2) as it is: dated prices become versions, hours of the day
/// become time windows, clause trees become names and patterns. Providers that fall back to another's models get copies
/// of those that they do not have themselves.
/// </summary>
public static class GenaiTable
{
    public static Rejection? Read(JsonElement table, string? source, out ImportedPrices imported)
    {
        imported = new([], []);
        var left = ImmutableArray.CreateBuilder<LeftOut>();
        if (table.ValueKind != JsonValueKind.Array || Providers(table, left) is not { Count: > 0 } providers)
            return new Rejection.InvalidField("body", "the genai-prices table is an array of providers with models");
        var own = new Dictionary<string, ImmutableArray<Price>>(StringComparer.Ordinal);
        foreach (var (id, provider) in providers)
        {
            var models = provider.GetProperty("models").EnumerateArray();
            own[id] =
            [
                .. models.SelectMany((model, i) => OddEntry.Read(
                    $"{id}/{IdOf(model) ?? $"[{i}]"}", left, () => ReadModel(id, model, source, left))),
            ];
        }
        var prices = ImmutableArray.CreateBuilder<Price>();
        foreach (var (id, provider) in providers)
        {
            prices.AddRange(own[id]);
            if (!provider.TryGetProperty("fallback_model_providers", out var others)
                || others.ValueKind != JsonValueKind.Array) continue;
            foreach (var other in others.EnumerateArray())
                if (OddEntry.TextOf(other) is { } name && own.TryGetValue(name, out var theirs))
                    prices.AddRange(OddEntry.Read($"{id}/{name}", left, () => Copies(id, own[id], theirs)));
        }
        imported = new(prices.ToImmutable(), left.ToImmutable());
        return null;
    }

    private static List<(string Id, JsonElement Provider)> Providers(
        JsonElement table, ImmutableArray<LeftOut>.Builder left)
    {
        var providers = new List<(string, JsonElement)>();
        foreach (var (i, one) in table.EnumerateArray().Index())
        {
            var id = IdOf(one);
            if (id is not null && one.TryGetProperty("models", out var models)
                && models.ValueKind == JsonValueKind.Array) providers.Add((id, one));
            else left.Add(new(id ?? $"[{i}]", "", "it is no provider with models"));
        }
        return providers;
    }

    private static string? IdOf(JsonElement one) =>
        one.ValueKind == JsonValueKind.Object && one.TryGetProperty("id", out var id) ? OddEntry.TextOf(id) : null;

    private static IEnumerable<Price> ReadModel(
        string provider, JsonElement model, string? source, ImmutableArray<LeftOut>.Builder left)
    {
        var id = IdOf(model) ?? throw new FormatException();
        var entry = $"{provider}/{id}";
        var match = new RateSheet(entry, left);
        var patterns = new List<string>();
        GenaiMatch.Read(model.GetProperty("match"), match, patterns);
        if (patterns.Count == 0) yield break;

        // Its id names the price where the clauses recognise it; else their first one does.
        var name = patterns.Any(pattern => new ModelPattern(pattern, ignoresCase: true).Matches(id)) ? id : patterns[0];
        var selector = new PriceSelector(provider, name, null, [.. patterns.Where(pattern => pattern != name)])
        {
            IgnoresCase = true,
        };
        var prices = model.GetProperty("prices");
        if (prices.ValueKind == JsonValueKind.Object)
        {
            if (ReadPrice(prices, entry, selector, left) is { } only) yield return only with { Source = source };
            yield break;
        }
        foreach (var price in ReadDated(prices, entry, selector, left)) yield return price with { Source = source };
    }

    /// <summary>Alternatives under a condition: a first one without, then dates or hours of the day.</summary>
    private static List<Price> ReadDated(
        JsonElement alternatives, string entry, PriceSelector selector, ImmutableArray<LeftOut>.Builder left)
    {
        var versions = new List<Price>();
        foreach (var one in alternatives.EnumerateArray())
        {
            if (ReadPrice(one.GetProperty("prices"), entry, selector, left) is not { } price) continue;
            var condition = one.TryGetProperty("constraint", out var given) ? given : default;
            if (condition.ValueKind != JsonValueKind.Object) versions.Add(price);
            else if (condition.TryGetProperty("start_date", out var start) && TryDate(start.GetString()!, out var from))
                versions.Add(price with { EffectiveFrom = from });
            else if (versions.Count == 1 && TrySpan(condition, out var span))
            {
                var window = new TimeWindow([span], [], price.Standard.Rates);
                versions[0] = versions[0] with { Windows = versions[0].Windows.Insert(0, window) };
            }
            else left.Add(new(entry, "prices", $"no rule for the condition {condition.GetRawText()}"));
        }
        // Where others follow by date, the first is of the time before them, not of today.
        if (versions.Count > 1 && versions[0].EffectiveFrom is null)
            versions[0] = versions[0] with { EffectiveFrom = default(Instant) };
        return versions;
    }

    private static Price? ReadPrice(
        JsonElement rates, string entry, PriceSelector selector, ImmutableArray<LeftOut>.Builder left)
    {
        var sheet = new RateSheet(entry, left);
        foreach (var rate in rates.EnumerateObject())
        {
            var isTiered = rate.Value.ValueKind == JsonValueKind.Object;
            Add(sheet, rate.Name, 0, isTiered ? rate.Value.GetProperty("base") : rate.Value);
            if (!isTiered) continue;
            foreach (var tier in rate.Value.GetProperty("tiers").EnumerateArray())
                Add(sheet, rate.Name, Start(tier), tier.GetProperty("price"));
        }
        if (sheet.IsEmpty)
        {
            sheet.Leave("", "it has no rate");
            return null;
        }
        return new() { Selector = selector, Standard = sheet.Card(UsageMode.Standard, inclusive: false) };
    }

    private static long Start(JsonElement tier) =>
        RateSheet.TryThreshold(tier.GetProperty("start"), out var tokens) ? tokens : throw new FormatException();

    private static void Add(RateSheet sheet, string key, long threshold, JsonElement value)
    {
        if (!sheet.TryRead(key, value, out var price)) return;
        if (GenaiUnit.TryFromPriceKey(key, price, out var unit, out var rate))
            sheet.Add(UsageMode.Standard, threshold, unit, rate);
        else sheet.Leave(key, "no unit here counts this");
    }

    private static bool TryDate(string text, out Instant instant)
    {
        var isDate = DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date);
        instant = isDate ? Instant.From(date) : default;
        return isDate;
    }

    private static bool TrySpan(JsonElement condition, out DaySpan span)
    {
        span = default;
        if (!condition.TryGetProperty("start_time", out var start) || !condition.TryGetProperty("end_time", out var end)
            || !TrySecond(start.GetString()!, out var from) || !TrySecond(end.GetString()!, out var to)) return false;
        span = new(from, to);
        return true;
    }

    private static bool TrySecond(string text, out int second)
    {
        var isTime = TimeOnly.TryParseExact(
            text, "HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        second = time.Hour * 3_600 + time.Minute * 60 + time.Second;
        return isTime;
    }

    /// <summary>
    /// Another provider's models under this one's name, without what its own models already recognise.
    /// </summary>
    private static IEnumerable<Price> Copies(string provider, ImmutableArray<Price> own, ImmutableArray<Price> models)
    {
        var taken = own.SelectMany(price => price.Selector.Models).Distinct().ToList();
        foreach (var price in models)
        {
            var names = price.Selector.Models
                .Where(name => !taken.Any(mine => mine.Matches(name.Text.Replace("*", "", StringComparison.Ordinal))))
                .Select(name => name.Text).ToImmutableArray();
            if (names.IsEmpty) continue;
            yield return price with
            {
                Selector = new(provider, $"{provider}/{price.Selector.Model}", null, names) { IgnoresCase = true },
            };
        }
    }
}
