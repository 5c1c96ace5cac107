namespace Tallystick.Contracts.Reports;

/// <summary>Usage by model, the dearest first, the rest last; the rows add up to the summary.</summary>
public sealed record UsageByModelResponse(IReadOnlyList<ModelUsage> Data, ReportPeriod Period);
