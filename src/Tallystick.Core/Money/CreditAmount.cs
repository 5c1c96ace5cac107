using System.Globalization;

namespace Tallystick.Core.Money;

/// <summary>A quantity of credit in millionths (µcr), signed and checked. The default is zero.</summary>
public readonly record struct CreditAmount(long Micros) : IComparable<CreditAmount>
{
    public const long MicrosPerCredit = 1_000_000;
    private const int FractionDigits = 6;
    private const int WholeDigitsMax = 12;

    public static CreditAmount Zero => default;
    public bool IsPositive => Micros > 0;
    public bool IsZero => Micros == 0;

    public static CreditAmount operator +(CreditAmount left, CreditAmount right) =>
        new(checked(left.Micros + right.Micros));
    public static CreditAmount operator -(CreditAmount left, CreditAmount right) =>
        new(checked(left.Micros - right.Micros));
    public static CreditAmount operator -(CreditAmount value) => new(checked(-value.Micros));
    public static CreditAmount operator *(CreditAmount left, long times) => new(checked(left.Micros * times));
    public static bool operator <(CreditAmount left, CreditAmount right) => left.Micros < right.Micros;
    public static bool operator >(CreditAmount left, CreditAmount right) => left.Micros > right.Micros;
    public static bool operator <=(CreditAmount left, CreditAmount right) => left.Micros <= right.Micros;
    public static bool operator >=(CreditAmount left, CreditAmount right) => left.Micros >= right.Micros;

    public static CreditAmount Min(CreditAmount left, CreditAmount right) => left < right ? left : right;
    public static CreditAmount Max(CreditAmount left, CreditAmount right) => left > right ? left : right;
    public static CreditAmount FromCredits(long credits) => new(checked(credits * MicrosPerCredit));

    public int CompareTo(CreditAmount other) => Micros.CompareTo(other.Micros);

    /// <summary>
    /// Reads <c>0</c> or 1–12 ASCII digits without a leading zero, optionally <c>.</c> and 1–6 digits. Nothing else:
    /// no sign, exponent, white space or rounding.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out CreditAmount amount)
    {
        amount = default;
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length is 0 or > WholeDigitsMax || (whole[0] == '0' && whole.Length > 1)) return false;
        if (point >= 0 && fraction.Length is 0 or > FractionDigits) return false;
        if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;

        long micros = 0;
        foreach (var digit in whole) micros = micros * 10 + (digit - '0');
        for (var i = 0; i < FractionDigits; i++) micros = micros * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
        amount = new(micros);
        return true;
    }

    /// <summary>Writes six decimals, as in <c>-0.000001</c>; at most 21 bytes.</summary>
    public bool TryFormat(Span<byte> target, out int written)
    {
        written = 0;
        if (target.Length < 21) return false;
        if (Micros < 0) target[written++] = (byte)'-';
        var magnitude = Micros < 0 ? unchecked((ulong)-Micros) : (ulong)Micros;
        (magnitude / MicrosPerCredit).TryFormat(target[written..], out var digits, default, CultureInfo.InvariantCulture);
        written += digits;
        target[written++] = (byte)'.';
        (magnitude % MicrosPerCredit).TryFormat(target[written..], out digits, "D6", CultureInfo.InvariantCulture);
        written += digits;
        return true;
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[24];
        TryFormat(text, out var written);
        return System.Text.Encoding.ASCII.GetString(text[..written]);
    }
}
