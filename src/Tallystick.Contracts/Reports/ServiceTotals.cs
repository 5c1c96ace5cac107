using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Reports;

/// <summary>What one service comes to.</summary>
public sealed record ServiceTotals(long Events, long Tokens, Amount Cost);
