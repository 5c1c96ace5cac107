using System.Numerics;

namespace Tallystick.Model;

/// <param name="Debt">The sequence of the entry that made the debt.</param>
public sealed record ModelRepayment(long Debt, ThingId Grant, BigInteger Amount);
