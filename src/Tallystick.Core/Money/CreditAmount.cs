using System.Globalization;

namespace Tallystick.Core.Money;

/// <summary>A quantity of credit in millionths (µcr), signed and checked. The default is zero.</summary>
public readonly record struct CreditAmount(long Micros) : IComparable<CreditAmount>
{
    public static readonly CreditAmount MaxValue = new(long.MaxValue);
    public const long MicrosPerCredit = 1_000_000;

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

    /// <summary>The sum, or what 64 bits hold of it: for bounds, never for what is booked.</summary>
    public static CreditAmount SumWithin(CreditAmount left, CreditAmount right) =>
        new((long)Int128.Clamp((Int128)left.Micros + right.Micros, long.MinValue, long.MaxValue));

    public static CreditAmount FromCredits(long credits) => new(checked(credits * MicrosPerCredit));

    public int CompareTo(CreditAmount other) => Micros.CompareTo(other.Micros);

    /// <summary>With six decimals, for messages; the wire format is the contracts' business.</summary>
    public override string ToString()
    {
        var magnitude = Micros < 0 ? unchecked((ulong)-Micros) : (ulong)Micros;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(Micros < 0 ? "-" : "")}{magnitude / MicrosPerCredit}.{magnitude % MicrosPerCredit:D6}");
    }
}
