using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>
/// Cases of litellm's own tests (oracle/litellm-cost.json): the rates are written as an entry of its table and
/// imported; hours and minutes, which the table does not have, are written as prices of ours.
/// </summary>
public sealed class LiteLlmOracleTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["lt-081"] = "400 cache writes without a duration go unbilled there; here they are part of cache_write",
        ["lt-116"] = "usage of an unknown kind is 0 there; here nothing counted is refused",
        ["lt-119"] = "a session without events: nothing to rate",
        ["lt-120"] = "only sums of counts, no cost",
        ["lt-128"] = "neither rates nor a cost",
    };

    private static readonly Dictionary<string, string> Keys = new()
    {
        ["input"] = "input_cost_per_token",
        ["output"] = "output_cost_per_token",
        ["cache_read"] = "cache_read_input_token_cost",
        ["cache_write"] = "cache_creation_input_token_cost",
        ["cache_write_1h"] = "cache_creation_input_token_cost_above_1hr",
        ["output_reasoning"] = "output_cost_per_reasoning_token",
        ["output_image"] = "output_cost_per_image_token",
        ["input_audio"] = "input_cost_per_audio_token",
    };

    private static readonly Dictionary<string, string> Counts = new()
    {
        ["prompt_tokens"] = "input_tokens",
        ["completion_tokens"] = "output_tokens",
        ["cached"] = "cache_read_tokens",
    };

    [Fact]
    public void Every_case_with_a_cost_is_reproduced_to_the_last_digit_or_left_out_for_a_reason()
    {
        var reproduced = 0;
        foreach (var one in SharedData.Read("oracle/litellm-cost.json").GetProperty("cases").EnumerateArray())
        {
            var id = one.GetProperty("id").GetString()!;
            if (LeftOut.TryGetValue(id, out var reason)) output.WriteLine($"{id} left out: {reason}");
            else
            {
                Check(id, one);
                reproduced++;
            }
        }
        Assert.Equal(59 - LeftOut.Count, reproduced);
    }

    private static void Check(string id, JsonElement one)
    {
        var options = one.GetProperty("options");
        var at = options.TryGetProperty("at", out var time) ? Said.Time(time.GetString()!) : Said.Noon;
        var expect = one.GetProperty("expect");
        var usage = UsageOf(one.GetProperty("usage")) with { Mode = ModeOf(options) };
        var price = PriceOf(one.GetProperty("rates"));
        // One case gives no rate of the output that it counts, and asks for the input alone.
        if (id == "lt-084")
            usage = usage with { Quantities = usage.Quantities.RemoveAll(one => one.Unit == Unit.Output) };
        var cost = Said.Rate(usage, price, TermsOf(options), at);
        var whole = Said.Dollars(cost) + cost.Markup;
        if (expect.TryGetProperty("total_usd", out var total)) Assert.Equal((id, Said.Number(total)), (id, whole));
        AssertPart(id, expect, "input_usd", cost, TokenTraits.Input);
        AssertPart(id, expect, "output_usd", cost, TokenTraits.Output);
        if (id != "lt-093") return;
        var regional = Said.Rate(usage with { Region = "us" }, price);
        Assert.Equal(Said.Number("0.0011"), regional.Lines.Single(line => line.Unit == Unit.CacheRead).Credits);
        Assert.Equal(Said.Number("0.04125"), regional.Lines.Single(line => line.Unit == Unit.CacheWrite).Credits);
    }

    private static void AssertPart(string id, JsonElement expect, string member, Cost cost, TokenTraits direction)
    {
        if (!expect.TryGetProperty(member, out var expected)) return;
        var sum = Said.Sum(cost.Lines.Where(line => line.Unit.Traits.HasFlag(direction)));
        Assert.Equal((id, member, Said.Number(expected)), (id, member, sum));
    }

    private static UsageMode ModeOf(JsonElement options) =>
        options.TryGetProperty("service_tier", out var tier) && tier.GetString() is { } name
            ? Enum.Parse<UsageMode>(name, ignoreCase: true) : UsageMode.Standard;

    private static PriceTerms TermsOf(JsonElement options)
    {
        var discount = Option(options, "discount");
        var markup = new Markup(Option(options, "margin_percentage").ShiftRight(-2), Option(options, "margin_fixed"));
        return PriceTerms.AtCost with { Factor = ExactDecimal.One - discount, Markup = markup };
    }

    private static ExactDecimal Option(JsonElement options, string name) =>
        options.TryGetProperty(name, out var value) && value.GetString() is { } text
            ? Said.Number(text.Split(' ')[0])
            : default;

    /// <summary>
    /// Several events are one sum. Where there is no prompt, what was written to the cache is all of it.
    /// </summary>
    private static MeteredUsage UsageOf(JsonElement usage)
    {
        var counts = new SortedDictionary<string, ExactDecimal>(StringComparer.Ordinal);
        var events = usage.TryGetProperty("events", out var several)
            ? several.EnumerateArray()
            : new[] { usage }.AsEnumerable();
        foreach (var count in events.SelectMany(one => one.EnumerateObject()))
        {
            if (count.Value.ValueKind == JsonValueKind.Null) continue;
            var name = CountOf(count.Name);
            var number = Said.Number(count.Value);
            if (name == "minutes") Assert.True(number.TryDivide(60, out number));
            counts[name] = counts.GetValueOrDefault(name) + number;
        }
        if (!counts.ContainsKey("input_tokens") && counts.TryGetValue("cache_write_tokens", out var written))
            counts["input_tokens"] = written;
        return new()
        {
            Model = "m", Quantities = [.. counts.Select(count => new Quantity(Said.Count(count.Key), count.Value))],
        };
    }

    private static string CountOf(string name)
    {
        if (name == "seconds") return "minutes";
        if (Counts.TryGetValue(name, out var count)) return count;
        return name.EndsWith("_tokens", StringComparison.Ordinal) ? name : name + "_tokens";
    }

    private static Price PriceOf(JsonElement rates)
    {
        var entry = new JsonObject { ["litellm_provider"] = "test" };
        foreach (var rate in rates.EnumerateObject()) Write(entry, rate);
        if (entry.Count == 1) entry["input_cost_per_query"] = "0";
        using var json = JsonDocument.Parse(new JsonObject { ["m"] = entry }.ToJsonString());
        Assert.Null(LiteLlmTable.Read(json.RootElement, null, out var imported));
        Assert.Empty(imported.Left);
        var price = Assert.Single(imported.Prices);
        if (rates.TryGetProperty("per_minute", out var minute))
            price = price with { Standard = new(Said.Rates($"minutes={minute}"), []) };
        return rates.TryGetProperty("off_peak", out var offPeak) ? price with { Windows = WindowsOf(offPeak) } : price;
    }

    private static void Write(JsonObject entry, JsonProperty rate)
    {
        const string above = "_above";
        var at = rate.Name.IndexOf(above, StringComparison.Ordinal);
        if (rate.Name is "off_peak" or "per_minute") return;
        if (rate.Name == "geo_us")
            entry["provider_specific_entry"] = new JsonObject { ["us"] = rate.Value.GetString() };
        else if (rate.Name == "tiers")
            entry["tiered_pricing"] = new JsonArray([.. rate.Value.EnumerateArray().Select(Tier)]);
        else if (at >= 0)
            foreach (var tier in rate.Value.EnumerateObject())
                entry[$"{Keys[rate.Name[..at]]}_above_{tier.Name[..^3]}k_tokens{rate.Name[(at + above.Length)..]}"] =
                    tier.Value.GetString();
        else entry[Key(rate.Name)] = rate.Value.GetString();
    }

    private static string Key(string rate)
    {
        if (Keys.TryGetValue(rate, out var key)) return key;
        var mode = rate.LastIndexOf('_');
        return Keys[rate[..mode]] + rate[mode..];
    }

    private static JsonNode Tier(JsonElement tier)
    {
        var entry = new JsonObject();
        foreach (var member in tier.EnumerateObject())
            if (member.Name == "range") entry["range"] = JsonNode.Parse(member.Value.GetRawText());
            else entry[Keys[member.Name]] = member.Value.GetString();
        return entry;
    }

    private static ImmutableArray<TimeWindow> WindowsOf(JsonElement offPeak)
    {
        var rates = RateTable.Of(offPeak.EnumerateObject().Where(rate => Keys.ContainsKey(rate.Name)).Select(rate =>
            new UnitRate(UnitOf(rate.Name), Said.Number(rate.Value).ShiftRight(-6))));
        var windows = offPeak.TryGetProperty("windows", out var several)
            ? several.EnumerateArray()
            : new[] { offPeak }.AsEnumerable();
        return [.. windows.Select(window => new TimeWindow(
            [.. Spans(window.GetProperty("hours_utc"))],
            window.TryGetProperty("weekdays", out var days)
                ? [.. days.EnumerateArray().Select(day => day.GetInt32())]
                : [],
            rates))];
    }

    private static Unit UnitOf(string rate) =>
        rate == "output_reasoning" ? Unit.Reasoning : Said.Count(rate + "_tokens");

    private static IEnumerable<DaySpan> Spans(JsonElement hours)
    {
        var texts = hours.ValueKind == JsonValueKind.Array
            ? hours.EnumerateArray().Select(one => one.GetString()!)
            : [hours.GetString()!];
        return texts.Select(text => text.Split('-').Select(Second).ToArray())
            .Select(ends => new DaySpan(ends[0], ends[1]));
    }

    private static int Second(string time) =>
        (int)TimeOnly.ParseExact(time, "HH:mm", CultureInfo.InvariantCulture).ToTimeSpan().TotalSeconds;
}
