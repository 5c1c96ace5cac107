using System.Globalization;
using System.Numerics;

namespace Tallystick.Core.Money;

/// <summary>
/// A decimal number without rounding and without a bound: <c>Digits / 10^Scale</c>, kept without trailing zeros, so
/// that equal numbers are equal values. Rates, quantities and costs are such numbers until the one rounding at the end.
/// The default is zero.
/// </summary>
public readonly record struct ExactDecimal : IComparable<ExactDecimal>
{
    /// <summary>
    /// What <see cref="TryParse"/> reads at most: digits before and after the point, and the exponent's size.
    /// </summary>
    public const int TextDigitsMax = 40;
    private const int MicroDigits = 6;

    private ExactDecimal(BigInteger digits, int scale) => (Digits, Scale) = (digits, scale);

    public BigInteger Digits { get; }

    /// <summary>Digits after the point; never negative.</summary>
    public int Scale { get; }

    public static ExactDecimal Zero => default;
    public static ExactDecimal One { get; } = From(1);
    public bool IsZero => Digits.IsZero;
    public bool IsPositive => Digits.Sign > 0;
    public bool IsNegative => Digits.Sign < 0;
    public bool IsWhole => Scale == 0;

    public static ExactDecimal From(long whole) => new(whole, 0);

    /// <summary>The number <c>digits / 10^scale</c>; a negative scale adds zeros.</summary>
    public static ExactDecimal From(BigInteger digits, int scale)
    {
        if (digits.IsZero) return default;
        if (scale < 0) return new(digits * BigInteger.Pow(10, -scale), 0);
        while (scale > 0)
        {
            var rest = BigInteger.DivRem(digits, 10, out var last);
            if (!last.IsZero) break;
            (digits, scale) = (rest, scale - 1);
        }
        return new(digits, scale);
    }

    public static ExactDecimal operator +(ExactDecimal left, ExactDecimal right)
    {
        var scale = Math.Max(left.Scale, right.Scale);
        return From(left.DigitsAt(scale) + right.DigitsAt(scale), scale);
    }

    public static ExactDecimal operator -(ExactDecimal left, ExactDecimal right) => left + -right;
    public static ExactDecimal operator -(ExactDecimal value) => new(-value.Digits, value.Scale);
    public static ExactDecimal operator *(ExactDecimal left, ExactDecimal right) =>
        From(left.Digits * right.Digits, left.Scale + right.Scale);
    public static bool operator <(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) < 0;
    public static bool operator >(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) > 0;
    public static bool operator <=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) >= 0;
    public static ExactDecimal Min(ExactDecimal left, ExactDecimal right) => left < right ? left : right;
    public static ExactDecimal Max(ExactDecimal left, ExactDecimal right) => left > right ? left : right;

    /// <summary>Moves the point: the number times <c>10^-places</c>.</summary>
    public ExactDecimal ShiftRight(int places) => From(Digits, Scale + places);

    /// <summary>False where the quotient has no end in decimal digits: a third is not a decimal.</summary>
    public bool TryDivide(long divisor, out ExactDecimal quotient)
    {
        // Every factor 2 or 5 of the divisor needs at most one more digit; 64 of them exceed any long.
        const int room = 64;
        var digits = BigInteger.DivRem(Digits * BigInteger.Pow(10, room), divisor, out var rest);
        quotient = rest.IsZero ? From(digits, Scale + room) : default;
        return rest.IsZero;
    }

    /// <summary>In whole millionths, rounded up (towards plus infinity). False beyond 64 bits.</summary>
    public bool TryRoundUpToMicros(out CreditAmount amount)
    {
        var micros = Digits * BigInteger.Pow(10, MicroDigits);
        var whole = BigInteger.DivRem(micros, BigInteger.Pow(10, Scale), out var rest);
        if (rest.Sign > 0) whole += 1;
        var fits = whole >= long.MinValue && whole <= long.MaxValue;
        amount = fits ? new((long)whole) : default;
        return fits;
    }

    /// <summary>
    /// Reads a number of JSON's grammar without a sign (<c>0.3</c>, <c>15</c>, <c>5e-07</c>), exactly as written, with
    /// at most <see cref="TextDigitsMax"/> digits on either side of the point.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactDecimal value)
    {
        value = default;
        var exponentAt = text.IndexOfAny('e', 'E');
        var number = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = 0;
        if (exponentAt >= 0 && !TryReadExponent(text[(exponentAt + 1)..], out exponent)) return false;
        var point = number.IndexOf('.');
        var whole = point < 0 ? number : number[..point];
        var fraction = point < 0 ? [] : number[(point + 1)..];
        if (whole.Length is 0 or > TextDigitsMax || (whole[0] == '0' && whole.Length > 1)) return false;
        if (point >= 0 && fraction.Length is 0 or > TextDigitsMax) return false;
        if (whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')) return false;
        var digits = BigInteger.Parse(string.Concat(whole, fraction), NumberStyles.None, CultureInfo.InvariantCulture);
        value = From(digits, fraction.Length - exponent);
        return true;
    }

    /// <summary>The number that <see cref="ToString"/> has written.</summary>
    public static ExactDecimal FromDigits(string text) =>
        TryParseStored(text, out var value) ? value : throw new FormatException($"{text} is not a decimal");

    /// <summary>Reads what <see cref="ToString"/> writes: any number of digits, and a sign.</summary>
    internal static bool TryParseStored(ReadOnlySpan<char> text, out ExactDecimal value)
    {
        value = default;
        var isNegative = text.StartsWith("-");
        if (isNegative) text = text[1..];
        var point = text.IndexOf('.');
        var digits = point < 0 ? text.ToString() : string.Concat(text[..point], text[(point + 1)..]);
        if (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
        var number = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        value = From(isNegative ? -number : number, point < 0 ? 0 : text.Length - point - 1);
        return true;
    }

    private static bool TryReadExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        var isNegative = text.StartsWith("-");
        var digits = isNegative || text.StartsWith("+") ? text[1..] : text;
        if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9')) return false;
        exponent = int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (exponent > TextDigitsMax) return false;
        if (isNegative) exponent = -exponent;
        return true;
    }

    public int CompareTo(ExactDecimal other)
    {
        var scale = Math.Max(Scale, other.Scale);
        return DigitsAt(scale).CompareTo(other.DigitsAt(scale));
    }

    /// <summary>All digits, without an exponent: <c>0.0000003</c>.</summary>
    public override string ToString()
    {
        var digits = BigInteger.Abs(Digits).ToString(CultureInfo.InvariantCulture);
        if (Scale > 0)
        {
            digits = digits.PadLeft(Scale + 1, '0');
            digits = digits.Insert(digits.Length - Scale, ".");
        }
        return Digits.Sign < 0 ? "-" + digits : digits;
    }

    private BigInteger DigitsAt(int scale) => scale == Scale ? Digits : Digits * BigInteger.Pow(10, scale - Scale);
}
