using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>
/// Real provider responses with the cost that genai-prices expects of them (oracle/genai-prices-cost.json).
/// </summary>
public sealed class GenaiOracleTests(ITestOutputHelper output)
{
    private static readonly JsonElement Oracle = SharedData.Read("oracle/genai-prices-cost.json");

    [Fact]
    public void Every_recorded_response_costs_to_the_last_digit_what_its_rates_say()
    {
        var cases = InScope("recorded_cases").Concat(InScope("explicit_cases")).ToList();
        foreach (var one in cases) Check(one, PriceOf(one));
        Assert.Equal(1_198, cases.Count);
    }

    [Fact]
    public void Every_recorded_response_finds_its_price_in_the_imported_table()
    {
        var book = new PriceBook(Said.Genai("prices/genai-prices/v2-data.json"));
        var cases = InScope("recorded_cases").ToList();
        foreach (var one in cases)
        {
            var usage = UsageOf(one) with
            {
                Provider = one.GetProperty("provider").GetString(),
                Model = one.GetProperty("model_reported").GetString(),
            };
            Assert.Null(book.Find(usage, Said.Noon, out var price));
            Check(one, price);
        }
        Assert.Equal(1_184, cases.Count);
    }

    private IEnumerable<JsonElement> InScope(string kind)
    {
        foreach (var one in Oracle.GetProperty(kind).EnumerateArray())
        {
            var reason = !RatesOf(one).EnumerateObject().Any()
                ? "its price has no rate, which is free there and unknown here"
                : one.GetProperty("lines").GetArrayLength() == 0
                ? "nothing is counted, which is 0 there and refused here"
                : null;
            if (reason is null) yield return one;
            else output.WriteLine($"{one.GetProperty("id")} left out: {reason}");
        }
    }

    private static JsonElement RatesOf(JsonElement one) =>
        Oracle.GetProperty("prices").GetProperty(one.GetProperty("price_ref").GetString()!).GetProperty("rates");

    private static void Check(JsonElement one, Price price)
    {
        var id = one.GetProperty("id").GetString();
        var cost = Said.Rate(UsageOf(one), price);
        var expect = one.GetProperty("expect");
        if (expect.TryGetProperty("total_usd", out var total))
            Assert.Equal((id, Said.Number(total)), (id, Said.Dollars(cost)));
        AssertPart(id, expect, "input_usd", cost, TokenTraits.Input);
        AssertPart(id, expect, "output_usd", cost, TokenTraits.Output);
        var lines = one.GetProperty("lines").EnumerateArray().Select(Line).Where(line => !line.Quantity.IsZero);
        Assert.Equal(
            lines.OrderBy(line => line.Unit.Name, StringComparer.Ordinal),
            cost.Lines.Select(line => (line.Unit, line.Quantity, line.Credits))
                .OrderBy(line => line.Unit.Name, StringComparer.Ordinal));
    }

    private static void AssertPart(string? id, JsonElement expect, string member, Cost cost, TokenTraits direction)
    {
        if (!expect.TryGetProperty(member, out var expected)) return;
        var sum = Said.Sum(cost.Lines.Where(line => line.Unit.Traits.HasFlag(direction)));
        Assert.Equal((id, member, Said.Number(expected)), (id, member, sum));
    }

    private static (Unit Unit, ExactDecimal Quantity, ExactDecimal Credits) Line(JsonElement line)
    {
        Assert.True(GenaiUnit.TryFromUsageKey(line.GetProperty("unit").GetString()!, out var unit));
        return (unit, Said.Number(line.GetProperty("quantity")), Said.Number(line.GetProperty("cost")));
    }

    private static MeteredUsage UsageOf(JsonElement one) => new()
    {
        Model = "m",
        Quantities = [.. one.GetProperty("normalised_usage").EnumerateObject().Select(count => new Quantity(
            GenaiUnit.TryFromUsageKey(count.Name, out var unit) ? unit : throw new FormatException(count.Name),
            Said.Number(count.Value)))],
    };

    /// <summary>The rates that the case names, written as a table of one model.</summary>
    private static Price PriceOf(JsonElement one)
    {
        var table = RatesOf(one).GetRawText()
            .Replace("above_input_tokens", "start", StringComparison.Ordinal)
            .Replace("\"rate\"", "\"price\"", StringComparison.Ordinal);
        table = System.Text.RegularExpressions.Regex.Replace(table, "\"start\":\\s*\"([0-9]+)\"", "\"start\":$1");
        using var json = JsonDocument.Parse(
            $$"""[{"id": "p", "models": [{"id": "m", "match": {"equals": "m"}, "prices": {{table}}}]}]""");
        Assert.Null(GenaiTable.Read(json.RootElement, null, out var imported));
        Assert.Empty(imported.Left);
        return Assert.Single(imported.Prices);
    }
}
