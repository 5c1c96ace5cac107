using System.Text.Json.Nodes;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Pricing;

namespace Tallystick.Gateway.Calls;

/// <summary>What the entries of a call say of it, as metadata.</summary>
internal static class CallRecord
{
    public static JsonObject Of(CallRequest request, IReadOnlyList<Attempt> attempts, TimeSpan elapsed) => new()
    {
        ["operation"] = request.Dialect.Name,
        ["model"] = request.Call.Model,
        ["stream"] = request.Call.IsStream,
        ["latency_ms"] = (long)elapsed.TotalMilliseconds,
        ["attempts"] = new JsonArray([.. attempts.Select(attempt => (JsonNode)attempt.ToJson())]),
    };

    /// <summary>Adds what was used and what it came to.</summary>
    public static void Add(JsonObject record, PricedRoute route, CallCost cost, HeldCall held)
    {
        record["upstream"] = route.Route.Upstream.Name;
        record["provider"] = route.Route.Upstream.Provider;
        record["upstream_model"] = route.Route.Model;
        record["estimated"] = cost.Estimated;
        if (cost.Total > held.Amount) record["overrun"] = true;
        if (!cost.Unpriced.IsEmpty)
            record["unpriced"] = new JsonArray([.. cost.Unpriced.Select(unit => (JsonNode)unit)]);
        record["parts"] = new JsonArray([.. cost.Parts.Select(part => (JsonNode)new JsonObject
        {
            ["model"] = part.Usage.Model,
            ["usage"] = Counts(part.Usage),
            ["provider_cost"] = part.Cost.Provider.ToString(),
            ["total_cost"] = part.Cost.Total.ToString(),
            ["lines"] = new JsonArray([.. part.Cost.Lines.Select(line => (JsonNode)new JsonObject
            {
                ["unit"] = line.Unit.CountName, ["quantity"] = line.Quantity.ToString(),
                ["rate"] = line.Rate.ToString(), ["credits"] = line.Credits.ToString(),
            })]),
        })]);
    }

    private static JsonObject Counts(MeteredUsage usage) => new(usage.Quantities.Select(
        quantity => KeyValuePair.Create(quantity.Unit.CountName, (JsonNode?)quantity.Count.ToString())));
}
