using Tallystick.Core.Time;

namespace Tallystick.Engine.Ports;

/// <summary>A seal without the heads that it covers.</summary>
/// <param name="Heads">How many they are.</param>
public sealed record SealSummary(long Number, Instant At, long Heads, byte[] Root, byte[] Hash);
