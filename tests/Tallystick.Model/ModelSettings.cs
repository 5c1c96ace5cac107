namespace Tallystick.Model;

// Amounts are millionths of a credit; times and spans are whole microseconds.

public sealed record ModelSettings
{
    private const long DayMicroseconds = 24L * 60 * 60 * 1_000_000;

    public long RefundGraceMicroseconds { get; init; } = 7 * DayMicroseconds;
    public long MaxHoldLifetimeMicroseconds { get; init; } = 7 * DayMicroseconds;
}
