using System.Numerics;

namespace Tallystick.Model;

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
