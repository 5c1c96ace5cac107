namespace Tallystick.Contracts.Reports;

/// <summary>Usage by day, oldest first; a day without any has zeros.</summary>
public sealed record DailyUsageResponse(IReadOnlyList<DayUsage> Data, ReportPeriod Period);
