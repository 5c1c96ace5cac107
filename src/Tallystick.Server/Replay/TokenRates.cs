using System.Diagnostics.CodeAnalysis;
using Tallystick.Contracts.Json;
using Tallystick.Server.Replay.Traces;

namespace Tallystick.Server.Replay;

/// <summary>What tokens cost. Sums are exact and rounded up once, to the millionth of a credit.</summary>
internal sealed record TokenRates(TokenRate Input, TokenRate CacheRead, TokenRate Output)
{
    private const string Form = "input=3,cache_read=0.3,output=15";

    public static readonly TokenRates Default = TryParse(Form, out var rates, out var fault) ? rates
        : throw new FormatException(fault);

    /// <param name="fault">Where it is not of the form: what is.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out TokenRates? rates, [NotNullWhen(false)] out string? fault)
    {
        (rates, fault) = (null, null);
        var byName = new Dictionary<string, TokenRate>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is [("input" or "cache_read" or "output") and var name, var value]
                && TokenRate.TryParse(value, out var rate) && byName.TryAdd(name, rate)) continue;
            fault = $"'{part}' is no rate; give credits per million tokens like this: {Form}";
            return false;
        }
        if (!byName.TryGetValue("input", out var input) || !byName.TryGetValue("output", out var output))
        {
            fault = $"rates for input and output are needed, like this: {Form}";
            return false;
        }
        rates = new(input, byName.GetValueOrDefault("cache_read", input), output);
        return true;
    }

    /// <summary>What a request costs once it is over.</summary>
    public Amount CostOf(TraceRequest request) =>
        Cost(request.InputTokens - request.CachedTokens, request.CachedTokens, request.OutputTokens);

    /// <summary>What is known before it begins: nobody has promised a cache, and the output is bounded.</summary>
    public Amount BoundOf(TraceRequest request, long outputTokensMax) => Cost(request.InputTokens, 0, outputTokensMax);

    public override string ToString() =>
        $"input={Input},cache_read={CacheRead},output={Output}";

    private Amount Cost(long input, long cached, long output)
    {
        var parts = (Int128)input * Input.Parts + (Int128)cached * CacheRead.Parts + (Int128)output * Output.Parts;
        return new((long)((parts + TokenRate.PartsPerMicro - 1) / TokenRate.PartsPerMicro));
    }
}
