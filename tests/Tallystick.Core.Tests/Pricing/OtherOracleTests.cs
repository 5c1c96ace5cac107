using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>Cases of Helicone's and OpenMeter's own tests, where they are about what one request costs.</summary>
public sealed class OtherOracleTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> Counts = new()
    {
        ["input"] = "input_tokens",
        ["output"] = "output_tokens",
        ["cached"] = "cache_read_tokens",
        ["write5m"] = "cache_write_5m_tokens",
        ["write1h"] = "cache_write_1h_tokens",
        ["image_output"] = "output_image_tokens",
        ["web_search"] = "web_searches",
    };

    /// <summary>One table for both sides of the boundary: above it, cached input keeps its rate.</summary>
    private static readonly Price Gemini = Said.Price("input=2 output=12 cache_read=0.2") with
    {
        Standard = new(Said.Rates("input=2 output=12 cache_read=0.2"), [Said.Above(200_000, "input=4 output=18")]),
    };

    [Fact]
    public void Every_Helicone_case_is_reproduced_to_the_last_digit()
    {
        var cases = SharedData.Read("oracle/helicone-cost.json").GetProperty("cases").EnumerateArray().ToList();
        foreach (var one in cases)
        {
            var id = one.GetProperty("id").GetString();
            var price = id is "he-10" or "he-12" ? Gemini : PriceOf(one.GetProperty("terms"));
            var cost = Said.Rate(Said.Usage(UsageOf(one.GetProperty("usage"))), price);
            Assert.Equal((id, Said.Number(one.GetProperty("expect").GetProperty("total_usd"))),
                (id, Said.Dollars(cost)));
            Assert.Equal(
                one.GetProperty("expect").EnumerateObject().Where(line => line.Name != "total_usd")
                    .Select(line => (Counts[line.Name], Said.Number(line.Value))).Order(Comparer),
                cost.Lines.Select(line => (line.Unit.CountName, line.Credits)).Order(Comparer));
        }
        Assert.Equal(6, cases.Count);
    }

    [Fact]
    public void OpenMeter_s_unit_prices_are_reproduced_and_invoices_left_out()
    {
        var reproduced = 0;
        foreach (var one in SharedData.Read("oracle/openmeter-rating.json").GetProperty("cases").EnumerateArray())
        {
            var price = one.GetProperty("price");
            var kind = price.GetProperty("kind").GetString();
            var isBounded = price.TryGetProperty("minimum_spend", out _)
                || price.TryGetProperty("maximum_spend", out _);
            if (kind != "UnitPrice" || isBounded)
            {
                var bound = isBounded ? " with a bound" : "";
                output.WriteLine($"{one.GetProperty("id")} left out: {kind}{bound} of a billing period");
                continue;
            }
            var units = Said.Usage($"units={one.GetProperty("usage").GetProperty("in_line").GetString()}");
            var cost = Said.Rate(units, Said.Price($"units={price.GetProperty("amount").GetString()}"));
            Assert.Equal(Said.Number(one.GetProperty("expect").GetProperty("total")), Said.Dollars(cost));
            Assert.Equal(one.GetProperty("expect").GetProperty("lines").GetArrayLength(), cost.Lines.Length);
            reproduced++;
        }
        Assert.Equal(3, reproduced);
    }

    private static readonly Comparer<(string Unit, ExactDecimal)> Comparer =
        Comparer<(string Unit, ExactDecimal)>.Create((left, right) => string.CompareOrdinal(left.Unit, right.Unit));

    /// <summary>There every count is exclusive: what was cached is not in the input.</summary>
    private static string UsageOf(JsonElement usage)
    {
        var counts = usage.EnumerateObject().ToDictionary(count => count.Name, count => count.Value.GetInt64());
        var writes = counts.GetValueOrDefault("write5m") + counts.GetValueOrDefault("write1h");
        if (counts.TryGetValue("input", out var input))
            counts["input"] = input + counts.GetValueOrDefault("cached") + writes;
        if (counts.TryGetValue("image_output", out var images)) counts["output"] = images;
        var text = string.Join(' ', counts.Select(count => $"{Counts[count.Key]}={count.Value}"));
        return writes == 0 ? text : text + $" cache_write_tokens={writes}";
    }

    private static Price PriceOf(JsonElement terms) =>
        Said.Price(string.Join(' ', terms.EnumerateObject().Select(term =>
    {
        var name = Counts[term.Name].Replace("_tokens", "", StringComparison.Ordinal);
        var rate = Said.Number(term.Value[1]);
        return $"{name}={(name == Counts[term.Name] ? rate : rate.ShiftRight(-6))}";
    })));
}
