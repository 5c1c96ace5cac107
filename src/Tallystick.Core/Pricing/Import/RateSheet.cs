using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing.Import;

/// <summary>Gathers the rates of one entry of a table by mode and tier.</summary>
internal sealed class RateSheet(string entry, ImmutableArray<LeftOut>.Builder left)
{
    private readonly Dictionary<(UsageMode Mode, long Threshold), Dictionary<Unit, ExactDecimal>> _rates = [];

    public void Leave(string part, string reason) => left.Add(new(entry, part, reason));

    /// <param name="threshold">0: the base rate.</param>
    public void Add(UsageMode mode, long threshold, Unit unit, ExactDecimal rate)
    {
        if (!_rates.TryGetValue((mode, threshold), out var rates)) _rates[(mode, threshold)] = rates = [];
        rates[unit] = rate;
    }

    public bool Has(Unit unit) => _rates.Any(rates => rates.Value.ContainsKey(unit));
    public bool IsEmpty => _rates.Count == 0;

    public RateCard Card(UsageMode mode, bool inclusive)
    {
        var tiers = _rates.Where(rates => rates.Key.Mode == mode && rates.Key.Threshold > 0)
            .OrderBy(rates => rates.Key.Threshold)
            .Select(rates => new ContextTier(rates.Key.Threshold, inclusive, Table(rates.Value)));
        return new(_rates.TryGetValue((mode, 0), out var own) ? Table(own) : RateTable.Empty, [.. tiers]);
    }

    public ImmutableArray<ModeRates> Modes(bool inclusive) =>
        [.. Enum.GetValues<UsageMode>().Where(mode => mode != UsageMode.Standard)
            .Select(mode => new ModeRates(mode, Card(mode, inclusive), ExactDecimal.One))
            .Where(mode => !mode.Card.IsEmpty)];

    /// <summary>A number or a text that is one, exactly as written; anything else is left out and said so.</summary>
    public bool TryRead(string part, JsonElement value, out ExactDecimal number)
    {
        if (TryNumber(value, out number)) return true;
        Leave(part, "not a number from 0 on");
        return false;
    }

    /// <summary>How many tokens, whether written as 200000, 2e5, 200000.0 or in quotes.</summary>
    public static bool TryThreshold(JsonElement value, out long tokens)
    {
        var isWhole = TryNumber(value, out var number) && number.IsWhole && number.Digits <= long.MaxValue;
        tokens = isWhole ? (long)number.Digits : 0;
        return isWhole;
    }

    /// <summary>From 0 on, as a number or a text that is one.</summary>
    public static bool TryNumber(JsonElement value, out ExactDecimal number)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!,
            _ => "",
        };
        return ExactDecimal.TryParse(text, out number);
    }

    private static RateTable Table(Dictionary<Unit, ExactDecimal> rates) =>
        RateTable.Of(rates.Select(rate => new UnitRate(rate.Key, rate.Value)));
}
