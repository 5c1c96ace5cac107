using Tallystick.Core.Reports;

namespace Tallystick.Engine.Reports;

/// <summary>What a report says of one value.</summary>
/// <param name="Value">
/// Null: what has no value on the axis, and what has one that is beyond those that are told apart.
/// </param>
public readonly record struct ReportRow(string? Value, Figures Figures);
