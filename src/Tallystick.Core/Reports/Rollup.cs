using Tallystick.Core.Journal;

namespace Tallystick.Core.Reports;

/// <summary>
/// Sums of what entries add to reports, by axis, value and slot. Rollups of parts of a journal add up to the rollup of
/// the whole, in any order. Not thread-safe.
/// </summary>
public sealed class Rollup
{
    /// <summary>
    /// Values of one axis that are kept where a rollup is stored; of more, the least used are counted under no value.
    /// </summary>
    public const int ValuesMax = 1_000;
    private readonly Dictionary<RollupCell, Figures> _cells = [];

    public IReadOnlyDictionary<RollupCell, Figures> Cells => _cells;
    public bool IsEmpty => _cells.Count == 0;

    public Figures this[in RollupCell cell] => _cells.GetValueOrDefault(cell);

    public void Add(in RollupCell cell, in Figures figures)
    {
        if (figures.IsZero) return;
        ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _cells, cell, out _);
        sum.Add(figures);
    }

    public void Add(Rollup other, Func<RollupCell, bool>? isAsked = null)
    {
        foreach (var (cell, figures) in other._cells)
            if (isAsked is null || isAsked(cell)) Add(cell, figures);
    }

    /// <summary>Adds what an entry counts for.</summary>
    /// <param name="subjectOf">
    /// What a charge of the same chain was for, which the entry gives back a part of or corrects.
    /// </param>
    public void Add(JournalEntry entry, Func<ThingNumber, Subject> subjectOf) =>
        Add(EntrySum.Of(
            entry, entry.Body.OfCharge is { IsNone: false } charge ? subjectOf(charge) : Subject.Of(entry)));

    public void Add(in EntrySum entry)
    {
        Add(new(Axis.All, "", entry.Slot), entry.Flow);
        if (entry.Usage.IsZero) return;
        Add(new(Axis.All, "", entry.UsageSlot), entry.Usage);
        if (ReferenceEquals(entry.Subject, Subject.None)) return;
        foreach (var (axis, value) in entry.Subject.Values) Add(new(axis, value, entry.UsageSlot), entry.Usage);
    }

    /// <summary>The same sums by day, UTC: in the first slot of each.</summary>
    public Rollup ByDay()
    {
        var days = new Rollup();
        foreach (var (cell, figures) in _cells)
            days.Add(cell with { Slot = Slots.DayOf(cell.Slot) * Slots.PerDay }, figures);
        return days;
    }

    /// <summary>Without the least used values of each axis that has too many.</summary>
    public Rollup Bounded()
    {
        if (_cells.Count <= ValuesMax) return this;
        var crowded = CrowdedAxes();
        if (crowded.Count == 0) return this;
        var kept = new Rollup();
        foreach (var axis in _cells.GroupBy(cell => cell.Key.Axis))
        {
            var values = axis.GroupBy(cell => cell.Key.Value)
                .OrderByDescending(value => value.Sum(cell => cell.Value[Figure.Events]))
                .ThenBy(value => value.Key, StringComparer.Ordinal);
            foreach (var value in crowded.Contains(axis.Key) ? values.Take(ValuesMax) : values)
                foreach (var (cell, figures) in value) kept.Add(cell, figures);
        }
        return kept;
    }

    /// <summary>
    /// Where what was stored of these sums is not what they are; null if nowhere. Of an axis that has too many values
    /// for storing all, less may be stored.
    /// </summary>
    public RollupCell? FindDifference(Rollup stored)
    {
        var crowded = CrowdedAxes();
        foreach (var (cell, figures) in stored._cells)
            if (!figures.IsWithin(this[cell])) return cell;
        foreach (var (cell, figures) in _cells)
            if (stored[cell] != figures && !crowded.Contains(cell.Axis)) return cell;
        return null;
    }

    private HashSet<string> CrowdedAxes() => _cells.Keys.GroupBy(cell => cell.Axis)
        .Where(axis => axis.Select(cell => cell.Value).Distinct().Count() > ValuesMax)
        .Select(axis => axis.Key).ToHashSet();

    /// <summary>In one form for equal sums.</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter();
        var axes = _cells.GroupBy(cell => cell.Key.Axis).OrderBy(axis => axis.Key, StringComparer.Ordinal).ToList();
        writer.Array(axes.Count * 2);
        foreach (var axis in axes)
        {
            writer.Text(axis.Key);
            var values = axis.GroupBy(cell => cell.Key.Value)
                .OrderBy(value => value.Key, StringComparer.Ordinal).ToList();
            writer.Array(values.Count * 2);
            foreach (var value in values)
            {
                writer.Text(value.Key);
                writer.Array(value.Count());
                var before = 0;
                foreach (var (cell, figures) in value.OrderBy(cell => cell.Key.Slot))
                {
                    writer.Int(cell.Slot - before);
                    figures.Write(writer);
                    before = cell.Slot;
                }
            }
        }
        return writer.ToArray();
    }

    /// <exception cref="JournalCorruptException">The bytes are no rollup.</exception>
    public static Rollup Decode(ReadOnlySpan<byte> bytes)
    {
        var rollup = new Rollup();
        rollup.AddEncoded(bytes, static _ => true);
        return rollup;
    }

    /// <summary>Adds those cells of an encoded rollup that are asked for.</summary>
    public void AddEncoded(ReadOnlySpan<byte> bytes, Func<RollupCell, bool> isAsked)
    {
        var reader = new CborReader(bytes);
        for (var axes = reader.Array(); axes > 0; axes -= 2)
        {
            var axis = reader.Text();
            for (var values = reader.Array(); values > 0; values -= 2)
            {
                var value = reader.Text();
                var slot = 0;
                for (var slots = reader.Array(); slots > 0; slots--)
                {
                    slot = checked(slot + (int)reader.Int());
                    var figures = Figures.Read(ref reader);
                    var cell = new RollupCell(axis, value, slot);
                    if (isAsked(cell)) Add(cell, figures);
                }
            }
        }
        if (!reader.AtEnd) throw new JournalCorruptException("bytes after a rollup");
    }
}
