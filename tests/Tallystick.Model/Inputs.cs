using System.Numerics;

namespace Tallystick.Model;

// Amounts are millionths of a credit; times and spans are whole microseconds.

public sealed record ModelSettings
{
    private const long DayMicroseconds = 24L * 60 * 60 * 1_000_000;

    public long RefundGraceMicroseconds { get; init; } = 7 * DayMicroseconds;
    public long MaxHoldLifetimeMicroseconds { get; init; } = 7 * DayMicroseconds;
}

public sealed record GrantInput
{
    public required BigInteger Amount { get; init; }
    public GrantKind Kind { get; init; } = GrantKind.Purchase;

    /// <summary>The kind's name where none is given.</summary>
    public string? Bucket { get; init; }

    public int Priority { get; init; } = 100;

    /// <summary>Now where none is given.</summary>
    public long? EffectiveAt { get; init; }

    /// <summary>Never where none is given.</summary>
    public long? ExpiresAt { get; init; }

    public BigInteger? CostBasis { get; init; }
}

public sealed record HoldInput
{
    public const long DefaultExpiresInMicroseconds = 900L * 1_000_000;

    public required BigInteger Amount { get; init; }
    public long? ExpiresAt { get; init; }
    public long? ExpiresInMicroseconds { get; init; }
}

public sealed record CaptureInput
{
    public required BigInteger Amount { get; init; }
    public bool Final { get; init; } = true;
    public CaptureMode Mode { get; init; } = CaptureMode.Overflow;
}
