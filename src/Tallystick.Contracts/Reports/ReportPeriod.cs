using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Reports;

/// <summary>What a report covers: in whole quarters of an hour, reports by day in whole days.</summary>
/// <param name="Start">Inclusive.</param>
/// <param name="End">Exclusive.</param>
/// <param name="TimeZone">Whose midnights days begin at.</param>
public sealed record ReportPeriod(Timestamp Start, Timestamp End, string TimeZone);
