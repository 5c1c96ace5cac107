using System.Globalization;
using System.Text.Json.Serialization;
using Tallystick.Engine.WhatIf;

namespace Tallystick.Server.Pricing;

/// <summary>What a simulation found, as JSON.</summary>
internal sealed record WhatIfReport
{
    public required string From { get; init; }
    public required string To { get; init; }
    public required long Accounts { get; init; }
    public required WhatIfRow Total { get; init; }

    /// <summary>What was charged by amount: in none of the other rows.</summary>
    public required WhatIfRow ByAmount { get; init; }
    public required IReadOnlyList<WhatIfRow> Tiers { get; init; }
    public required IReadOnlyList<WhatIfRow> Models { get; init; }
    public required IReadOnlyList<WhatIfRunOut> RanOut { get; init; }
    public required long LeftOut { get; init; }

    public static WhatIfReport Of(WhatIfResult result, WhatIfQuery query) => new()
    {
        From = query.From.ToString(),
        To = query.To.ToString(),
        Accounts = result.Accounts,
        Total = WhatIfRow.Of(null, result.Total),
        ByAmount = WhatIfRow.Of(null, result.ByAmount),
        Tiers = [.. result.Tiers.Select(row => WhatIfRow.Of(row.Key, row.Value))],
        Models = [.. result.Models.Select(row => WhatIfRow.Of(row.Key, row.Value))],
        RanOut =
        [
            .. result.RunOuts.Select(one => new WhatIfRunOut(
                one.AccountId, one.Tier, one.At.ToString(), one.Reason, one.Refused)),
        ],
        LeftOut = result.LeftOut,
    };
}

/// <param name="Name">Of the tier or model; empty for none, null for all.</param>
internal sealed record WhatIfRow(
    string? Name, long Events, WhatIfMoney InFact, WhatIfMoney WhatIf, long RefusedEvents, string RefusedAmount,
    long UnpricedEvents)
{
    public static WhatIfRow Of(string? name, WhatIfFigures figures) => new(
        name, figures.Events,
        new(
            Words(figures.RevenueInFact), Words(figures.RefundedInFact), Words(figures.ProviderInFact),
            Words(figures.MarginInFact)),
        new(Words(figures.Revenue), Words(figures.Refunded), Words(figures.Provider), Words(figures.Margin)),
        figures.RefusedEvents, Words(figures.RefusedAmount), figures.UnpricedEvents);

    /// <summary>Credits with six decimals, also beyond 64 bits.</summary>
    public static string Words(Int128 micros)
    {
        var digits = Int128.Abs(micros).ToString("D7", CultureInfo.InvariantCulture);
        return $"{(micros < 0 ? "-" : "")}{digits[..^6]}.{digits[^6..]}";
    }
}

/// <param name="Revenue">Charged, less what was refunded.</param>
internal sealed record WhatIfMoney(string Revenue, string Refunded, string ProviderCost, string Margin);

internal sealed record WhatIfRunOut(string AccountId, string Tier, string At, string Reason, long Refused);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WhatIfReport))]
internal sealed partial class WhatIfJson : JsonSerializerContext;
