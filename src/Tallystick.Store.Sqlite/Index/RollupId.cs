using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// The ids of rollup items: an account has one for each day with all axes, a project one for each grain, axis and slot,
/// so that a report reads what it is about.
/// </summary>
internal static class RollupId
{
    private const int SlotBits = 32;
    private const int AxisBits = 30;

    public static ulong OfDay(int day) => Ordered(day);

    /// <summary>Two axes may share an id; the item says which is which.</summary>
    public static ulong Of(RollupGrain grain, string axis, int slot) =>
        ((ulong)grain << (SlotBits + AxisBits)) | (HashOf(axis) << SlotBits) | Ordered(slot);

    public static RollupGrain GrainOf(ulong id) => (RollupGrain)(id >> (SlotBits + AxisBits));

    // Days before 1970 come before those after.
    private static ulong Ordered(int number) => unchecked((uint)number ^ 0x8000_0000);

    private static ulong HashOf(string axis)
    {
        if (axis.Length == 0) return 0;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(axis), digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest) >> (SlotBits - AxisBits);
    }

    /// <summary>A project's sums as the items that they are kept in.</summary>
    public static IEnumerable<(ulong Id, Rollup Rollup)> SplitProject(Rollup rollup) =>
        Split(rollup, cell => Of(RollupGrain.Slot, cell.Axis, cell.Slot))
            .Concat(Split(rollup.ByDay(), cell => Of(RollupGrain.Day, cell.Axis, cell.Slot)));

    /// <summary>An account's sums as the items that they are kept in.</summary>
    public static IEnumerable<(ulong Id, Rollup Rollup)> SplitAccount(Rollup rollup) =>
        Split(rollup, cell => OfDay(Slots.DayOf(cell.Slot)));

    private static IEnumerable<(ulong Id, Rollup Rollup)> Split(Rollup rollup, Func<RollupCell, ulong> idOf)
    {
        var parts = new Dictionary<ulong, Rollup>();
        foreach (var (cell, figures) in rollup.Cells)
        {
            var id = idOf(cell);
            if (!parts.TryGetValue(id, out var part)) parts.Add(id, part = new());
            part.Add(cell, figures);
        }
        return parts.Select(part => (part.Key, part.Value.Bounded()));
    }
}
