namespace Tallystick.Contracts.Reports;

/// <summary>Usage by service, the dearest first, the rest last; the rows add up to the summary.</summary>
public sealed record UsageByServiceResponse(IReadOnlyList<ServiceUsage> Data, ReportPeriod Period);
