using Tallystick.Core.Reports;

namespace Tallystick.Engine.Reports;

/// <summary>What a report says of one day of its time zone.</summary>
public readonly record struct ReportDay(string Date, Figures Figures);
