using System.Numerics;

namespace Tallystick.Model;

/// <param name="Grant">Null for the pools of the account itself.</param>
public sealed record ModelPosting(ThingId? Grant, Pool Pool, BigInteger Amount);
