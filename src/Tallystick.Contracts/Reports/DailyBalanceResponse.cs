namespace Tallystick.Contracts.Reports;

/// <summary>The balance day by day, oldest first.</summary>
public sealed record DailyBalanceResponse(IReadOnlyList<DayBalance> Data, ReportPeriod Period);
