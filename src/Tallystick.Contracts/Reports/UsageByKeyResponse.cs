namespace Tallystick.Contracts.Reports;

/// <summary>
/// Usage by what metadata says under a key, the dearest first, the rest last; the rows add up to the summary.
/// </summary>
public sealed record UsageByKeyResponse(string Key, IReadOnlyList<KeyUsage> Data, ReportPeriod Period);
