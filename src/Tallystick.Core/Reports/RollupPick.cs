namespace Tallystick.Core.Reports;

/// <summary>What is asked for of a rollup.</summary>
/// <param name="Axis">Null: all of them.</param>
/// <param name="WithAll">Also <see cref="Reports.Axis.All"/>, where another axis is asked for.</param>
/// <param name="From">The first slot.</param>
/// <param name="To">The slot to stop before.</param>
/// <param name="IsBySlot">False: the sums of all slots are added up in the first of them.</param>
public readonly record struct RollupPick(string? Axis, bool WithAll, int From, int To, bool IsBySlot)
{
    public static readonly RollupPick Everything = new(null, WithAll: true, int.MinValue, int.MaxValue, IsBySlot: true);

    internal bool IsOn(string axis) => Axis is null || axis == Axis || (WithAll && axis.Length == 0);
    internal bool Has(int slot) => slot >= From && slot < To;
    internal int Place(int slot) => IsBySlot ? slot : From;
}
