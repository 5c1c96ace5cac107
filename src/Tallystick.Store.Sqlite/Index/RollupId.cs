using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// The ids of rollup items. A project has one for each grain, axis and slot, so that a report reads what it is about.
/// An account has one for each day with all of it, until that is too long: then it has for that day what a project has.
/// </summary>
internal static class RollupId
{
    /// <summary>Bytes that are as quickly read as told apart; an account that is seldom used has far fewer.</summary>
    private const int WholeDayMax = 2_048;
    private const int SlotBits = 32;
    private const int AxisBits = 30;

    // What a day is split into comes after all whole days.
    private const int WholeDay = 0;

    public static ulong OfDay(int day) => Ordered(day);

    /// <summary>Two axes may share an id; the item says which is which.</summary>
    public static ulong Of(RollupGrain grain, string axis, int slot) => Of(grain, HashOf(axis), slot);

    /// <summary>Null: all of an account's day.</summary>
    public static RollupGrain? GrainOf(ulong id) =>
        (int)(id >> (SlotBits + AxisBits)) is not WholeDay and var part ? (RollupGrain)(part - 1) : null;

    /// <summary>An account's day that is no longer kept in one item.</summary>
    public static bool IsTooLong(ulong id, int bytes) => bytes > WholeDayMax && GrainOf(id) is null;

    /// <summary>An account's sums as the items that they are kept in.</summary>
    public static IEnumerable<(ulong Id, byte[] Value)> OfAccount(Rollup rollup)
    {
        foreach (var (day, part) in rollup.InDays())
        {
            var (id, value) = (OfDay(day), part.Encode());
            if (!IsTooLong(id, value.Length)) yield return (id, value);
            else foreach (var item in OfProject(part)) yield return item;
        }
    }

    /// <summary>A day's item that is too long, as those that take its place.</summary>
    public static IEnumerable<(ulong Id, byte[] Value)> Split(ReadOnlySpan<byte> day) =>
        OfProject(Rollup.Decode(day));

    /// <summary>A project's sums as the items that they are kept in.</summary>
    public static IEnumerable<(ulong Id, byte[] Value)> OfProject(Rollup rollup) =>
        Items(rollup, RollupGrain.Slot).Concat(Items(rollup.ByDay(), RollupGrain.Day));

    private static IEnumerable<(ulong Id, byte[] Value)> Items(Rollup rollup, RollupGrain grain)
    {
        var (hashes, parts) = (new Dictionary<string, ulong>(), new Dictionary<ulong, Rollup>());
        foreach (var (axis, slot, part) in rollup.Split(slot => slot))
        {
            if (!hashes.TryGetValue(axis, out var hash)) hashes.Add(axis, hash = HashOf(axis));
            var id = Of(grain, hash, slot);
            if (!parts.TryAdd(id, part)) parts[id].Add(part);
        }
        return parts.Select(part => (part.Key, part.Value.Bounded().Encode()));
    }

    private static ulong Of(RollupGrain grain, ulong axis, int slot) =>
        ((ulong)(grain + 1) << (SlotBits + AxisBits)) | (axis << SlotBits) | Ordered(slot);

    // Days before 1970 come before those after.
    private static ulong Ordered(int number) => unchecked((uint)number ^ 0x8000_0000);

    private static ulong HashOf(string axis)
    {
        if (axis.Length == 0) return 0;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(axis), digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest) >> (SlotBits - AxisBits);
    }
}
