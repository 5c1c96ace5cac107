using System.Numerics;

namespace Tallystick.Model;

public sealed record HoldInput
{
    public const long DefaultExpiresInMicroseconds = 900L * 1_000_000;

    public required BigInteger Amount { get; init; }
    public long? ExpiresAt { get; init; }
    public long? ExpiresInMicroseconds { get; init; }
}
