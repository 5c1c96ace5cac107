namespace Tallystick.Core.Reports;

/// <summary>Where a sum belongs: one value on one axis in one slot.</summary>
public readonly record struct RollupCell(string Axis, string Value, int Slot);
