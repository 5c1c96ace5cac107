using Tallystick.Core.Time;

namespace Tallystick.Core.Reports;

/// <summary>
/// The grain of reports: quarters of an hour since 1970, UTC. Days of every time zone begin with one, and periods are
/// widened to whole ones.
/// </summary>
public static class Slots
{
    public const int PerDay = 96;
    private const long Micros = 900_000_000;

    /// <summary>The slot that an instant lies in.</summary>
    public static int Of(Instant at) => checked((int)FloorDiv(at.Micros, Micros));

    /// <summary>The first slot that begins at an instant or after it.</summary>
    public static int AtOrAfter(Instant at) => checked((int)-FloorDiv(-at.Micros, Micros));

    public static Instant Start(int slot) => new(slot * Micros);

    /// <summary>The day, UTC, that a slot lies in: days since 1970.</summary>
    public static int DayOf(int slot) => (int)FloorDiv(slot, PerDay);

    private static long FloorDiv(long value, long divisor) =>
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor;
}
