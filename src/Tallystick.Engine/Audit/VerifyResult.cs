namespace Tallystick.Engine.Audit;

/// <summary>What an audit has looked at and found.</summary>
/// <param name="Digest">Of the whole store, hexadecimal; null if there were faults.</param>
public sealed record VerifyResult(long Entries, long Chains, long Seals, long Faults, string? Digest);
