using System.Text.Json;
using Tallystick.Core.Pricing;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>What providers themselves billed for recorded responses (oracle/provider-billed-cost.json).</summary>
public sealed class BilledOracleTests(ITestOutputHelper output)
{
    private static readonly PriceBook Book = new(Said.Genai("prices/genai-prices/v2-data.json"));

    /// <summary>The table has no rate for what was never charged for it, and the prices of two days.</summary>
    private static readonly string[] Days = ["2025-11-06T12:00:00Z", "2026-08-20T12:00:00Z"];

    [Fact]
    public void Every_bill_that_the_imported_table_can_explain_is_reproduced_to_the_last_digit()
    {
        var reproduced = 0;
        foreach (var one in SharedData.Read("oracle/provider-billed-cost.json").GetProperty("cases").EnumerateArray())
        {
            var id = one.GetProperty("id").GetString();
            if (!one.GetProperty("matches_table").GetBoolean())
            {
                output.WriteLine($"{id} left out: billed by other rates than the table's (the file's notes say why)");
                continue;
            }
            var billed = Said.Number(one.GetProperty("billed_usd"));
            Assert.Contains((id, billed), Days.Select(day => (id, Said.Dollars(Rate(one, day)))));
            reproduced++;
        }
        Assert.Equal(13, reproduced);
    }

    private static Cost Rate(JsonElement one, string day)
    {
        var usage = UsageOf(one);
        Assert.Null(Book.Find(usage, Said.Time(day), out var price));
        return Said.Rate(usage, price, at: Said.Time(day));
    }

    private static MeteredUsage UsageOf(JsonElement one)
    {
        var provider = one.GetProperty("provider").GetString()!;
        return new()
        {
            Provider = provider == "x_ai" ? "x-ai" : provider, Model = one.GetProperty("model").GetString(),
            Quantities = [.. one.GetProperty("usage").EnumerateObject().Select(count => new Quantity(
                Said.Count(count.Name == "input_total" ? "input_tokens" : count.Name + "_tokens"),
                Said.Number(count.Value)))],
        };
    }
}
