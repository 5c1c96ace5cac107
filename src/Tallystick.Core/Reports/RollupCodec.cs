using System.Runtime.CompilerServices;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Reports;

/// <summary>The sums of one axis as they are stored: by value, and of each by slot.</summary>
internal static class RollupCodec
{
    public static void Write(CborWriter writer, Dictionary<(string Value, int Slot), Figures> sums)
    {
        var cells = sums.ToArray();
        Array.Sort(cells, static (left, right) =>
        {
            var order = string.CompareOrdinal(left.Key.Value, right.Key.Value);
            return order != 0 ? order : left.Key.Slot.CompareTo(right.Key.Slot);
        });
        writer.Array(CountValues(cells) * 2);
        for (var first = 0; first < cells.Length;)
        {
            var value = cells[first].Key.Value;
            var (end, before) = (first + 1, 0);
            while (end < cells.Length && cells[end].Key.Value == value) end++;
            writer.Text(value);
            writer.Array(end - first);
            for (; first < end; first++)
            {
                writer.Int(cells[first].Key.Slot - before);
                cells[first].Value.Write(writer);
                before = cells[first].Key.Slot;
            }
        }
    }

    public static void Read(
        ref CborReader reader, Dictionary<(string Value, int Slot), Figures> sums, in RollupPick pick)
    {
        for (var values = reader.Array(); values > 0; values -= 2)
        {
            var (value, slot) = (ValueNames.Of(reader.TextBytes()), 0);
            ref var sum = ref Unsafe.NullRef<Figures>();
            for (var slots = reader.Array(); slots > 0; slots--)
            {
                slot = checked(slot + (int)reader.Int());
                if (!pick.Has(slot))
                {
                    Figures.Skip(ref reader);
                    continue;
                }
                if (pick.IsBySlot || Unsafe.IsNullRef(ref sum)) sum = ref Rollup.SumOf(sums, value, pick.Place(slot));
                sum.AddRead(ref reader);
            }
        }
    }

    public static void Skip(ref CborReader reader)
    {
        for (var values = reader.Array(); values > 0; values -= 2)
        {
            reader.SkipText();
            for (var slots = reader.Array(); slots > 0; slots--)
            {
                reader.Int();
                Figures.Skip(ref reader);
            }
        }
    }

    private static int CountValues(KeyValuePair<(string Value, int Slot), Figures>[] cells)
    {
        var count = 0;
        for (var i = 0; i < cells.Length; i++)
            if (i == 0 || cells[i].Key.Value != cells[i - 1].Key.Value) count++;
        return count;
    }
}
