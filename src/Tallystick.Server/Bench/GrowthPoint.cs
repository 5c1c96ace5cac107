namespace Tallystick.Server.Bench;

/// <summary>What a store of one size was measured to do.</summary>
/// <param name="OfEmpty">Its rate by that of an endpoint that does nothing, in the same minutes.</param>
/// <param name="Memory">Bytes, under load.</param>
/// <param name="Bytes">Of the store, for each entry.</param>
internal sealed record GrowthPoint(
    long Entries, int Accounts, double PerSecond, double OfEmpty, TimeSpan Start, TimeSpan Balance,
    TimeSpan PastBalance, long Memory, long Bytes);
