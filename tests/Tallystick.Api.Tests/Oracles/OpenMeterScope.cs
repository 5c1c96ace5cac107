using System.Text.Json;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>Which of OpenMeter's scenarios have no counterpart, by what is in them. docs/oracles.md says why.</summary>
internal static class OpenMeterScope
{
    private static readonly string[] Known = ["burn-down order", "windowed history", "effective period", "active"];

    /// <summary>Null for one that must come out as it says.</summary>
    public static string? WhyNot(JsonElement scenario)
    {
        var (given, when) = (scenario.GetProperty("given"), scenario.GetProperty("when"));
        var op = when.TryGetProperty("op", out var text) ? text.GetString() : null;
        if (Said.Has(scenario.GetProperty("expect"), "error")) return "input";
        if (Said.Has(given, "manual_resets") || op == "reset usage") return "manual reset";
        if (IsOfPeriods(scenario)) return WhyNotPeriods(given);
        if (Said.Items(given, "grants").Any(grant => Said.Has(grant, "recurrence"))) return "recurrence";
        if (Said.Has(given, "late_events")) return "late";
        if (Said.Has(given, "random")) return "random";
        if (Said.Has(given, "booked_future") || Said.Has(when, "as_of")) return "booked ahead";
        if (Said.Has(when, "currency_id")) return "currency";
        if (Said.Items(given, "sources").Any(source => Said.Has(source, "features") && !Serves(source, when)))
            return "feature";
        if (Said.Has(given, "aggregation") && Said.Word(given, "aggregation") != "SUM") return "aggregation";
        return op is null || Known.Contains(op) ? null : "other";
    }

    /// <summary>It is told by periods: of a tier, or of a budget.</summary>
    public static bool IsOfPeriods(JsonElement scenario)
    {
        var given = scenario.GetProperty("given");
        return Said.Has(given, "resets") || Said.Has(given, "interval") || Said.Has(given, "usage_period");
    }

    private static string? WhyNotPeriods(JsonElement given)
    {
        if (!Said.Has(given, "resets")) return null;
        var last = Said.Items(given, "resets").Select(Said.Time).Max();
        var resetting = Said.Items(given, "grants").Where(grant => Said.Time(grant, "effective_at") < last).ToList();
        if (resetting.Count > 1) return "several";
        var used = Said.Items(given, "usage_events").Where(usage => Said.Time(usage, "at") < last)
            .Sum(usage => Said.Number(usage, "amount"));
        return used > Said.Number(resetting[0], "amount") && !Said.Has(given, "preserve_overage_on_reset")
            ? "forgiven" : null;
    }

    /// <summary>A source that is only for what is asked for is one like any other.</summary>
    private static bool Serves(JsonElement source, JsonElement when) =>
        Said.Has(when, "feature")
        && Said.Items(source, "features").Any(feature => feature.GetString() == Said.Word(when, "feature"));
}
