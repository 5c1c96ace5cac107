namespace Tallystick.Model;

/// <summary>So many of one thing, at so many millionths of a credit each.</summary>
/// <param name="IsWhole">Whether there are no parts of it.</param>
public sealed record ModelUsageLine(string Unit, bool IsTokens, bool IsWhole, decimal Quantity, long Rate);
