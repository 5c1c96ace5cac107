namespace Tallystick.Contracts.Tiers;

/// <summary>How the tier's free usage stands in the present period.</summary>
/// <param name="RequestsLeft">Without what open holds have set aside; null for no bound.</param>
/// <param name="TokensLeft">Without what open holds have set aside; null for no bound.</param>
public sealed record FreeTierUse(long RequestsUsed, long? RequestsLeft, long TokensUsed, long? TokensLeft);
