namespace Tallystick.Core.Time;

/// <summary>A length of time in whole microseconds. The default is zero.</summary>
public readonly record struct Duration(long Micros)
{
    public static Duration FromSeconds(long seconds) => new(checked(seconds * 1_000_000));
    public static Duration FromDays(int days) => FromSeconds(days * 86_400L);
    public long WholeSeconds => Micros / 1_000_000;
}
