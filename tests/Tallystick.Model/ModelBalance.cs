using System.Numerics;

namespace Tallystick.Model;

public sealed record ModelBalance
{
    public required BigInteger Remaining { get; init; }
    public required BigInteger Held { get; init; }
    public required BigInteger Reserved { get; init; }
    public required BigInteger Debt { get; init; }

    public BigInteger Available => Remaining - Debt - Reserved;
    public BigInteger Balance => Available + Held;
}
