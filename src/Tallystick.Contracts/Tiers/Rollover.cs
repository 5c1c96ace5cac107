using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Tiers;

/// <summary>How much of what an allowance has left at its period's end lives on.</summary>
/// <param name="Share">Of each grant: 0 to 1.</param>
/// <param name="MaxAmount">Of all grants together; null for no bound.</param>
/// <param name="MaxPeriods">How many further periods the same credits may live: 1 (default) to 120.</param>
public sealed record Rollover(Amount Share, Amount? MaxAmount = null, int MaxPeriods = 1);
