using System.Globalization;
using System.Numerics;
using Tallystick.Core.Money;

namespace Tallystick.Server.Import.Sources;

/// <summary>An amount as another system writes it: a decimal of any precision, with or without an exponent.</summary>
/// <param name="IsExact">False where it had more than six decimals and was rounded, half to even.</param>
internal readonly record struct ReadAmount(CreditAmount Amount, bool IsExact)
{
    private const int LengthMax = 400;
    private const int Decimals = 6;

    /// <summary>Null for what is no number, or none that fits.</summary>
    public static ReadAmount? TryParse(string text)
    {
        text = text.Trim();
        if (text.Length is 0 or > LengthMax) return null;
        var mark = text.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (mark >= 0 && !int.TryParse(
                text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return null;
        var mantissa = mark < 0 ? text : text[..mark];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var scale = point < 0 ? 0 : mantissa.Length - point - 1;
        if (point >= 0) mantissa = mantissa.Remove(point, 1);
        if (Math.Abs((long)exponent) > LengthMax || !BigInteger.TryParse(
                mantissa, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var digits)) return null;
        return Of(digits, Decimals - scale + exponent);
    }

    private static ReadAmount? Of(BigInteger digits, int power)
    {
        var remainder = BigInteger.Zero;
        if (power >= 0) digits *= BigInteger.Pow(10, power);
        else
        {
            var unit = BigInteger.Pow(10, -power);
            (digits, remainder) = BigInteger.DivRem(digits, unit);
            var half = (BigInteger.Abs(remainder) * 2).CompareTo(unit);
            if (half > 0 || (half == 0 && !digits.IsEven)) digits += remainder.Sign;
        }
        // The smallest number of 64 bits has no opposite, and amounts do.
        return BigInteger.Abs(digits) <= long.MaxValue ? new(new((long)digits), remainder.IsZero) : null;
    }
}
