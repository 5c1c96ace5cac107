using System.Runtime.CompilerServices;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Reports;

/// <summary>The sums of one axis as they are stored: by value, and of each by slot.</summary>
internal static class RollupCodec
{
    public static void Write(CborWriter writer, Sums sums)
    {
        var cells = sums.All.ToArray();
        Array.Sort(cells, static (left, right) =>
        {
            var order = string.CompareOrdinal(left.Value, right.Value);
            return order != 0 ? order : left.Slot.CompareTo(right.Slot);
        });
        writer.Array(CountValues(cells) * 2);
        for (var first = 0; first < cells.Length;)
        {
            var value = cells[first].Value;
            var (end, before) = (first + 1, 0);
            while (end < cells.Length && cells[end].Value == value) end++;
            writer.Text(value);
            writer.Array(end - first);
            for (; first < end; first++)
            {
                writer.Int(cells[first].Slot - before);
                cells[first].Figures.Write(writer);
                before = cells[first].Slot;
            }
        }
    }

    public static void Read(ref CborReader reader, Sums sums, in RollupPick pick)
    {
        for (var values = reader.Array(); values > 0; values -= 2)
        {
            var (value, slot) = (reader.Name(), 0);
            ref var sum = ref Unsafe.NullRef<Figures>();
            for (var slots = reader.Array(); slots > 0; slots--)
            {
                slot = checked(slot + (int)reader.Int());
                if (!pick.Has(slot))
                {
                    Figures.Skip(ref reader);
                    continue;
                }
                if (pick.IsBySlot || Unsafe.IsNullRef(ref sum)) sum = ref sums.Of(value, pick.Place(slot));
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

    private static int CountValues(Sum[] cells)
    {
        var count = 0;
        for (var i = 0; i < cells.Length; i++)
            if (i == 0 || cells[i].Value != cells[i - 1].Value) count++;
        return count;
    }
}
