using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Tests;

/// <summary>Counts of a usage as plain numbers; null where it has none.</summary>
internal static class Counts
{
    public static long? Of(MeteredUsage usage, Unit unit) => (long?)usage[unit]?.Digits;

    public static long? Of(MeteredUsage usage, string name) => Of(usage, new Unit(name, TokenTraits.None));
}
