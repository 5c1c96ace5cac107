using System.Numerics;
using Tallystick.Core.Money;
using Tallystick.Core.Tests.Pricing;
using Xunit;

namespace Tallystick.Core.Tests;

public sealed class ExactDecimalTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.000", "0")]
    [InlineData("15", "15")]
    [InlineData("2.50", "2.5")]
    [InlineData("5e-07", "0.0000005")]
    [InlineData("3.3333333333333335e-05", "0.000033333333333333335")]
    [InlineData("1E3", "1000")]
    [InlineData("1.5e+2", "150")]
    [InlineData("0.000010364", "0.000010364")]
    [InlineData("123456789012345678901234567890.000000000000000000000000000001",
        "123456789012345678901234567890.000000000000000000000000000001")]
    public void Numbers_are_read_exactly_as_written(string text, string digits) =>
        Assert.Equal(digits, Said.Number(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e")]
    [InlineData("1e99")]
    [InlineData("0x1")]
    [InlineData(" 1")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("١")]
    [InlineData("11111111111111111111111111111111111111111")]
    public void Anything_else_is_no_number(string text) => Assert.False(ExactDecimal.TryParse(text, out _));

    [Theory]
    [InlineData("0.000001", 1)]
    [InlineData("0.0000010000001", 2)]
    [InlineData("0.0000000000000000001", 1)]
    [InlineData("0", 0)]
    [InlineData("9223372036854.775807", long.MaxValue)]
    public void Rounding_is_up_to_the_millionth_and_only_then(string text, long micros)
    {
        Assert.True(Said.Number(text).TryRoundUpToMicros(out var amount));
        Assert.Equal(micros, amount.Micros);
    }

    [Fact]
    public void What_64_bits_cannot_hold_is_not_rounded_at_all()
    {
        Assert.False(Said.Number("9223372036854.7758070000001").TryRoundUpToMicros(out _));
        Assert.True((-Said.Number("0.0000015")).TryRoundUpToMicros(out var amount));
        Assert.Equal(-1, amount.Micros);
    }

    [Fact]
    public void Sums_products_and_order_are_those_of_whole_numbers_at_a_common_scale()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 10_000; i++)
        {
            var (a, b) = (Draw(random), Draw(random));
            var (x, y) = (Scaled(a, 40), Scaled(b, 40));
            Assert.True(Scaled(a + b, 40) == x + y && Scaled(a - b, 40) == x - y, $"seed {seed}: {a} ± {b}");
            Assert.True(Scaled(a * b, 80) == x * y, $"seed {seed}: {a} * {b}");
            Assert.True(Math.Sign(a.CompareTo(b)) == x.CompareTo(y), $"seed {seed}: {a} <> {b}");
            Assert.True(ExactDecimal.From(Scaled(a, 40), 40) == a, $"seed {seed}: one form only of {a}");
        }
    }

    [Fact]
    public void A_quotient_that_has_no_end_is_refused()
    {
        Assert.True(Said.Number("0.36").TryDivide(3_600, out var second));
        Assert.Equal("0.0001", second.ToString());
        Assert.False(Said.Number("0.017").TryDivide(60, out _));
    }

    private static ExactDecimal Draw(Random random) =>
        ExactDecimal.From(random.NextInt64(-1_000_000, 1_000_000) * BigInteger.Pow(10, random.Next(20)),
            random.Next(20));

    private static BigInteger Scaled(ExactDecimal value, int scale) =>
        value.Digits * BigInteger.Pow(10, scale - value.Scale);
}
