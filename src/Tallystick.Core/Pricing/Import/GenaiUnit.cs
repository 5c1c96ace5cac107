using System.Collections.Frozen;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing.Import;

/// <summary>
/// Names of the genai-prices unit registry in ours: tokens by the words of the name, the rest by the name itself.
/// </summary>
public static class GenaiUnit
{
    private const string TokensSuffix = "_tokens";

    private static readonly FrozenDictionary<string, TokenTraits> Words = new Dictionary<string, TokenTraits>
    {
        ["input"] = TokenTraits.Input,
        ["output"] = TokenTraits.Output,
        ["cache"] = TokenTraits.Input,
        ["read"] = TokenTraits.CacheRead,
        ["write"] = TokenTraits.CacheWrite,
        ["5m"] = TokenTraits.FiveMinutes,
        ["1h"] = TokenTraits.OneHour,
        ["tool"] = TokenTraits.Input | TokenTraits.Tool,
        ["reasoning"] = TokenTraits.Output | TokenTraits.Reasoning,
        ["citation"] = TokenTraits.Output | TokenTraits.Citation,
        ["text"] = TokenTraits.Text,
        ["audio"] = TokenTraits.Audio,
        ["image"] = TokenTraits.Image,
        ["video"] = TokenTraits.Video,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The unit that a usage key counts: <c>cache_audio_read_tokens</c>, <c>web_searches</c>.</summary>
    public static bool TryFromUsageKey(string key, out Unit unit) =>
        key.EndsWith(TokensSuffix, StringComparison.Ordinal)
            ? TryTokens(key[..^TokensSuffix.Length], out unit)
            : Unit.TryFromCount(key == "input_characters" ? Unit.Characters.Name : key, out unit);

    /// <summary>
    /// The unit of a price key, and its rate in our terms; false where it is unknown or has no end in decimals.
    /// </summary>
    public static bool TryFromPriceKey(string key, ExactDecimal price, out Unit unit, out ExactDecimal rate)
    {
        (unit, rate) = (default, price);
        if (key == "input_mchars") return Unit.TryFromRate(Unit.Characters.Name, out unit);
        if (Stem(key, "_mtok") is { } tokens) return TryTokens(tokens, out unit);
        if (Stem(key, "_kcount") is { } counted) return Each(counted, 3, ref rate, out unit);
        if (Stem(key, "_kpages") is { } pages) return Each(pages + "_pages", 3, ref rate, out unit);
        if (Stem(key, "_gpixels") is { } pixels) return Each(pixels + "_pixels", 9, ref rate, out unit);
        return Stem(key, "_hours") is { } hours && price.TryDivide(3_600, out rate)
            && Unit.TryFromRate(hours + "_seconds", out unit);
    }

    private static bool Each(string name, int places, ref ExactDecimal rate, out Unit unit)
    {
        rate = rate.ShiftRight(places);
        return Unit.TryFromRate(name, out unit);
    }

    private static bool TryTokens(string name, out Unit unit)
    {
        unit = default;
        var traits = TokenTraits.None;
        foreach (var word in name.Split('_'))
        {
            if (!Words.TryGetValue(word, out var trait)) return false;
            traits |= trait;
        }
        foreach (var kind in Unit.Tokens)
            if (kind.Traits == traits) unit = kind;
        return unit.IsTokens;
    }

    private static string? Stem(string key, string suffix) =>
        key.EndsWith(suffix, StringComparison.Ordinal) ? key[..^suffix.Length] : null;
}
