using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Calls;

/// <summary>What a call has come to so far.</summary>
/// <param name="Amount">Without what is free.</param>
/// <param name="Text">What the entry of its capture will say.</param>
internal sealed record SpooledCall(
    ChainKey Chain, ThingNumber Hold, ThingNumber Actor, CreditAmount Amount, string Text)
{
    /// <summary>Of which the ledger itself makes the amount; null: the amount stands.</summary>
    public MeteredUsage? Usage { get; init; }

    /// <summary>What of it is inside the free tier.</summary>
    public FreeTaken? Free { get; init; }

    /// <summary>What it comes to where nothing is free.</summary>
    public CreditAmount FullAmount => Free is null ? Amount : Amount + Free.Credits;
    public string Key => KeyOf(Chain, Hold);

    public static string KeyOf(ChainKey chain, ThingNumber hold) =>
        string.Create(CultureInfo.InvariantCulture, $"{chain.Project}/{chain.Number}/{hold.Value}");

    public JsonObject ToJson()
    {
        var note = new JsonObject
        {
            ["project"] = Chain.Project, ["chain"] = Chain.Number, ["hold"] = Hold.Value, ["actor"] = Actor.Value,
            ["amount"] = Amount.Micros, ["text"] = Text,
        };
        if (Usage is { } usage) note["usage"] = ToJson(usage);
        if (Free is { } free)
            note["free"] = new JsonArray(free.Use.Requests, free.Use.Tokens, free.Credits.Micros);
        return note;
    }

    public static SpooledCall? Read(JsonObject note) =>
        note["project"] is { } project && note["chain"] is { } chain && note["hold"] is { } hold
        && note["actor"] is { } actor && note["amount"] is { } amount && note["text"] is { } text
            ? new(
                new((int)project, (long)chain), new((long)hold), new((long)actor), new((long)amount), (string)text!)
            {
                Usage = note["usage"] is JsonObject usage ? ReadUsage(usage) : null,
                Free = note["free"] is JsonArray { Count: 3 } free
                    ? new(new((long)free[0]!, (long)free[1]!), new((long)free[2]!))
                    : null,
            }
            : null;

    private static JsonObject ToJson(MeteredUsage usage) => new()
    {
        ["provider"] = usage.Provider, ["model"] = usage.Model, ["region"] = usage.Region, ["mode"] = (int)usage.Mode,
        ["counts"] = new JsonObject(usage.Quantities.Select(quantity =>
            KeyValuePair.Create(quantity.Unit.CountName, (JsonNode?)quantity.Count.ToString()))),
    };

    private static MeteredUsage ReadUsage(JsonObject note) => new()
    {
        Provider = (string?)note["provider"], Model = (string?)note["model"], Region = (string?)note["region"],
        Mode = note["mode"] is { } mode ? (UsageMode)(int)mode : UsageMode.Standard,
        Quantities = note["counts"] is JsonObject counts ? [.. counts.Select(Read).OfType<Quantity>()] : [],
    };

    private static Quantity? Read(KeyValuePair<string, JsonNode?> count) =>
        Unit.TryFromCount(count.Key, out var unit) && ExactDecimal.TryParse((string?)count.Value, out var quantity)
            ? new(unit, quantity)
            : null;
}
