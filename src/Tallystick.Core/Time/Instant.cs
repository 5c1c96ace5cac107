using System.Globalization;

namespace Tallystick.Core.Time;

/// <summary>A point in time, in whole microseconds since 1970-01-01T00:00:00Z. The default is that midnight.</summary>
public readonly record struct Instant(long Micros) : IComparable<Instant>
{
    private const long TicksPerMicro = 10;

    /// <summary>The last representable instant: 9999-12-31T23:59:59.999999Z.</summary>
    public static readonly Instant MaxValue = From(DateTimeOffset.MaxValue);

    public static Instant From(DateTimeOffset time) =>
        new((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TicksPerMicro);

    public DateTimeOffset ToDateTimeOffset() =>
        new(DateTimeOffset.UnixEpoch.UtcTicks + Micros * TicksPerMicro, TimeSpan.Zero);

    public static bool operator <(Instant left, Instant right) => left.Micros < right.Micros;
    public static bool operator >(Instant left, Instant right) => left.Micros > right.Micros;
    public static bool operator <=(Instant left, Instant right) => left.Micros <= right.Micros;
    public static bool operator >=(Instant left, Instant right) => left.Micros >= right.Micros;

    public static Instant Max(Instant left, Instant right) => left > right ? left : right;
    public static Instant Min(Instant left, Instant right) => left < right ? left : right;

    /// <summary>Later by the given time, at most <see cref="MaxValue"/>.</summary>
    public Instant Plus(Duration duration)
    {
        var sum = (Int128)Micros + duration.Micros;
        return sum > MaxValue.Micros ? MaxValue : new((long)sum);
    }

    public int CompareTo(Instant other) => Micros.CompareTo(other.Micros);

    /// <summary>RFC 3339 in UTC; six decimals, or none on a whole second.</summary>
    public override string ToString() =>
        ToDateTimeOffset().ToString(
            Micros % 1_000_000 == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.ffffffZ",
            CultureInfo.InvariantCulture);
}
