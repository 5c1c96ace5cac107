using System.Globalization;
using System.Numerics;
using Tallystick.Server.Replay;
using Tallystick.Server.Replay.Traces;
using Xunit;

namespace Tallystick.Server.Tests.Replay;

/// <summary>Costs are exact, and rounded up once.</summary>
public sealed class TokenRatesTests
{
    [Theory]
    [InlineData("input=3,output=15", "input=3,cache_read=3,output=15")]
    [InlineData("output=0.6, input=0.15, cache_read=0.075", "input=0.15,cache_read=0.075,output=0.6")]
    [InlineData("output=0.000000001,input=999999999.999999999,cache_read=1",
        "input=999999999.999999999,cache_read=1,output=0.000000001")]
    public void Rates_are_read_exactly_as_written(string text, string said)
    {
        Assert.True(TokenRates.TryParse(text, out var rates, out _));
        Assert.Equal(said, rates.ToString());
    }

    [Theory]
    [InlineData("input=3")]
    [InlineData("input=3,output=15,input=3")]
    [InlineData("input=3,output=1e2")]
    [InlineData("input=3,output=-1")]
    [InlineData("input=3,output=0.0000000001")]
    [InlineData("input=3,output=.5")]
    [InlineData("input=3,output=5.")]
    [InlineData("input=3,output=")]
    [InlineData("3,15")]
    [InlineData("")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(TokenRates.TryParse(text, out _, out var fault));
        Assert.Contains("input=3,cache_read=0.3,output=15", fault);
    }

    [Fact]
    public void A_cost_is_the_exact_sum_rounded_up_once()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 10_000; i++)
        {
            var (input, read, output) = (Rate(random), Rate(random), Rate(random));
            Assert.True(TokenRates.TryParse($"input={input},cache_read={read},output={output}", out var rates, out _));
            var request = new TraceRequest(default, random.Next(200_000), random.Next(20_000), 0);
            request = request with { CachedTokens = random.NextInt64(request.InputTokens + 1) };
            var exact = Parts(input) * (request.InputTokens - request.CachedTokens) + Parts(read) * request.CachedTokens
                + Parts(output) * request.OutputTokens;
            var (micros, rest) = BigInteger.DivRem(exact, BigInteger.Pow(10, 9));
            var isExact = rates.CostOf(request).Micros == micros + (rest > 0 ? 1 : 0);
            Assert.True(isExact, $"seed {seed}, case {i}: {request}");
        }
    }

    private static string Rate(Random random) => random.Next(3) switch
    {
        0 => random.Next(100).ToString(CultureInfo.InvariantCulture),
        1 => $"{random.Next(100)}.{random.Next(1_000_000_000):D9}",
        _ => $"0.{random.Next(100):D3}",
    };

    /// <summary>A decimal in 10⁻⁹, by way of text and big integers.</summary>
    private static BigInteger Parts(string rate)
    {
        var cells = $"{rate}.".Split('.');
        return BigInteger.Parse(cells[0] + cells[1].PadRight(9, '0'), CultureInfo.InvariantCulture);
    }
}
