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

    // An axis is asked for alone, and there are few.
    private Sums[] _axes = [];
    private int _used;

    private ArraySegment<Sums> Axes => new(_axes, 0, _used);

    public IEnumerable<KeyValuePair<RollupCell, Figures>> Cells =>
        from axis in Axes
        from sum in axis.All
        select KeyValuePair.Create(new RollupCell(axis.Axis, sum.Value, sum.Slot), sum.Figures);

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var axis in Axes) count += axis.Count;
            return count;
        }
    }

    public bool IsEmpty => _used == 0;

    public Figures this[in RollupCell cell] => SumsOn(cell.Axis)?.Find(cell.Value, cell.Slot) ?? default;

    /// <summary>Empty, with the room of few sums: to be filled again without allocating.</summary>
    public void Clear()
    {
        foreach (var axis in Axes) axis.Clear();
        _used = 0;
    }

    public void Add(in RollupCell cell, in Figures figures)
    {
        if (!figures.IsZero) SumsOf(cell.Axis).Of(cell.Value, cell.Slot).Add(figures);
    }

    public void Add(Rollup other)
    {
        foreach (var axis in other.Axes)
        {
            var sums = SumsOf(axis.Axis);
            foreach (ref readonly var sum in axis.All.AsSpan()) sums.Of(sum.Value, sum.Slot).Add(sum.Figures);
        }
    }

    /// <summary>Adds what is asked for of another rollup.</summary>
    public void Add(Rollup other, in RollupPick pick)
    {
        foreach (var axis in other.Axes)
        {
            if (!pick.IsOn(axis.Axis)) continue;
            Sums? sums = null;
            foreach (ref readonly var sum in axis.All.AsSpan())
                if (pick.Has(sum.Slot))
                    (sums ??= SumsOf(axis.Axis)).Of(sum.Value, pick.Place(sum.Slot)).Add(sum.Figures);
        }
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
        foreach (var axis in Axes)
        {
            var sums = days.SumsOf(axis.Axis);
            foreach (var sum in axis.All)
                sums.Of(sum.Value, Slots.DayOf(sum.Slot) * Slots.PerDay).Add(sum.Figures);
        }
        return days;
    }

    /// <summary>A rollup for each axis and stretch of slots.</summary>
    /// <param name="firstOf">The first slot of the stretch that a slot lies in.</param>
    public IEnumerable<(string Axis, int First, Rollup Part)> Split(Func<int, int> firstOf) =>
        Axes.SelectMany(axis => Split(axis, firstOf).Select(part => (axis.Axis, part.Key, part.Value)));

    /// <summary>A rollup for each day, UTC, with all slots of it on all axes.</summary>
    public IEnumerable<(int Day, Rollup Part)> InDays()
    {
        var days = new Dictionary<int, Rollup>();
        foreach (var axis in Axes)
        {
            foreach (var (day, part) in Split(axis, Slots.DayOf))
                if (!days.TryAdd(day, part)) days[day].Add(part);
        }
        return days.Select(day => (day.Key, day.Value));
    }

    /// <summary>Without the least used values of each axis that has too many.</summary>
    public Rollup Bounded()
    {
        if (!Axes.Any(IsCrowded)) return this;
        var kept = new Rollup();
        foreach (var axis in Axes)
        {
            var values = axis.All.GroupBy(sum => sum.Value)
                .OrderByDescending(value => value.Sum(sum => sum.Figures[Figure.Events]))
                .ThenBy(value => value.Key, StringComparer.Ordinal);
            var sums = kept.SumsOf(axis.Axis);
            foreach (var value in IsCrowded(axis) ? values.Take(ValuesMax) : values)
                foreach (var sum in value) sums.Of(sum.Value, sum.Slot) = sum.Figures;
        }
        return kept;
    }

    /// <summary>
    /// Where what was stored of these sums is not what they are; null if nowhere. Of an axis that has too many values
    /// for storing all, less may be stored.
    /// </summary>
    public RollupCell? FindDifference(Rollup stored)
    {
        foreach (var (cell, figures) in stored.Cells)
            if (!figures.IsWithin(this[cell])) return cell;
        foreach (var axis in Axes)
        {
            if (IsCrowded(axis)) continue;
            foreach (var sum in axis.All)
                if (stored[new(axis.Axis, sum.Value, sum.Slot)] != sum.Figures)
                    return new(axis.Axis, sum.Value, sum.Slot);
        }
        return null;
    }

    /// <summary>In one form for equal sums.</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter();
        writer.Array(_used * 2);
        foreach (var axis in Axes.OrderBy(axis => axis.Axis, StringComparer.Ordinal))
        {
            writer.Text(axis.Axis);
            RollupCodec.Write(writer, axis);
        }
        return writer.ToArray();
    }

    /// <exception cref="JournalCorruptException">The bytes are no rollup.</exception>
    public static Rollup Decode(ReadOnlySpan<byte> bytes)
    {
        var rollup = new Rollup();
        rollup.AddEncoded(bytes, RollupPick.Everything);
        return rollup;
    }

    /// <summary>Adds what is asked for of an encoded rollup, and reads as little of the rest as it can.</summary>
    public void AddEncoded(ReadOnlySpan<byte> bytes, in RollupPick pick)
    {
        var reader = new CborReader(bytes);
        for (var axes = reader.Array(); axes > 0; axes -= 2)
        {
            var axis = reader.Name();
            if (pick.IsOn(axis)) RollupCodec.Read(ref reader, SumsOf(axis), pick);
            else RollupCodec.Skip(ref reader);
        }
        if (!reader.AtEnd) throw new JournalCorruptException("bytes after a rollup");
        _axes = Array.FindAll(_axes, axis => axis.Count > 0);
        _used = _axes.Length;
    }

    private static Dictionary<int, Rollup> Split(Sums axis, Func<int, int> partOf)
    {
        var parts = new Dictionary<int, Rollup>();
        foreach (var sum in axis.All)
        {
            var place = partOf(sum.Slot);
            if (!parts.TryGetValue(place, out var part)) parts.Add(place, part = new());
            part.SumsOf(axis.Axis).Of(sum.Value, sum.Slot).Add(sum.Figures);
        }
        return parts;
    }

    private static bool IsCrowded(Sums axis) =>
        axis.Count > ValuesMax && axis.All.Select(sum => sum.Value).Distinct().Count() > ValuesMax;

    private Sums? SumsOn(string name)
    {
        foreach (var axis in Axes)
            if (axis.Axis == name) return axis;
        return null;
    }

    private Sums SumsOf(string name)
    {
        if (SumsOn(name) is { } sums) return sums;
        if (_used == _axes.Length) Array.Resize(ref _axes, _used + 1);
        sums = _axes[_used++] ??= new() { Axis = name };
        sums.Axis = name;
        return sums;
    }
}
