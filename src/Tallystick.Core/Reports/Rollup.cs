using System.Runtime.InteropServices;
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
    private readonly List<AxisSums> _axes = new(1);

    public IEnumerable<KeyValuePair<RollupCell, Figures>> Cells =>
        from axis in _axes
        from sum in axis.Sums
        select KeyValuePair.Create(new RollupCell(axis.Axis, sum.Key.Value, sum.Key.Slot), sum.Value);

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var axis in _axes) count += axis.Sums.Count;
            return count;
        }
    }

    public bool IsEmpty => _axes.Count == 0;

    public Figures this[in RollupCell cell] => SumsOn(cell.Axis)?.GetValueOrDefault((cell.Value, cell.Slot)) ?? default;

    public void Add(in RollupCell cell, in Figures figures)
    {
        if (!figures.IsZero) AddTo(SumsOf(cell.Axis), cell.Value, cell.Slot, figures);
    }

    public void Add(Rollup other)
    {
        foreach (var axis in other._axes)
        {
            var sums = SumsOf(axis.Axis);
            foreach (var ((value, slot), figures) in axis.Sums) AddTo(sums, value, slot, figures);
        }
    }

    /// <summary>Adds what is asked for of another rollup.</summary>
    public void Add(Rollup other, in RollupPick pick)
    {
        foreach (var axis in other._axes)
        {
            if (!pick.IsOn(axis.Axis)) continue;
            Dictionary<(string, int), Figures>? sums = null;
            foreach (var ((value, slot), figures) in axis.Sums)
                if (pick.Has(slot)) AddTo(sums ??= SumsOf(axis.Axis), value, pick.Place(slot), figures);
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
        foreach (var axis in _axes)
        {
            var sums = days.SumsOf(axis.Axis);
            foreach (var ((value, slot), figures) in axis.Sums)
                AddTo(sums, value, Slots.DayOf(slot) * Slots.PerDay, figures);
        }
        return days;
    }

    /// <summary>A rollup for each axis and stretch of slots.</summary>
    /// <param name="firstOf">The first slot of the stretch that a slot lies in.</param>
    public IEnumerable<(string Axis, int First, Rollup Part)> Split(Func<int, int> firstOf) =>
        _axes.SelectMany(axis => Split(axis, firstOf).Select(part => (axis.Axis, part.Key, part.Value)));

    /// <summary>A rollup for each day, UTC, with all slots of it on all axes.</summary>
    public IEnumerable<(int Day, Rollup Part)> InDays()
    {
        var days = new Dictionary<int, Rollup>();
        foreach (var axis in _axes)
        {
            foreach (var (day, part) in Split(axis, Slots.DayOf))
                if (!days.TryAdd(day, part)) days[day].Add(part);
        }
        return days.Select(day => (day.Key, day.Value));
    }

    /// <summary>Without the least used values of each axis that has too many.</summary>
    public Rollup Bounded()
    {
        if (!_axes.Any(IsCrowded)) return this;
        var kept = new Rollup();
        foreach (var axis in _axes)
        {
            var values = axis.Sums.GroupBy(sum => sum.Key.Value)
                .OrderByDescending(value => value.Sum(sum => sum.Value[Figure.Events]))
                .ThenBy(value => value.Key, StringComparer.Ordinal);
            var sums = kept.SumsOf(axis.Axis);
            foreach (var value in IsCrowded(axis) ? values.Take(ValuesMax) : values)
                foreach (var (place, figures) in value) sums.Add(place, figures);
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
        foreach (var axis in _axes)
        {
            if (IsCrowded(axis)) continue;
            foreach (var ((value, slot), figures) in axis.Sums)
                if (stored[new(axis.Axis, value, slot)] != figures) return new(axis.Axis, value, slot);
        }
        return null;
    }

    /// <summary>In one form for equal sums.</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter();
        writer.Array(_axes.Count * 2);
        foreach (var axis in _axes.OrderBy(axis => axis.Axis, StringComparer.Ordinal))
        {
            writer.Text(axis.Axis);
            RollupCodec.Write(writer, axis.Sums);
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
            var axis = ValueNames.Of(reader.TextBytes());
            if (pick.IsOn(axis)) RollupCodec.Read(ref reader, SumsOf(axis), pick);
            else RollupCodec.Skip(ref reader);
        }
        if (!reader.AtEnd) throw new JournalCorruptException("bytes after a rollup");
        _axes.RemoveAll(axis => axis.Sums.Count == 0);
    }

    internal static void AddTo(
        Dictionary<(string Value, int Slot), Figures> sums, string value, int slot, in Figures figures) =>
        SumOf(sums, value, slot).Add(figures);

    /// <summary>To be added to before anything else is added to the sums.</summary>
    internal static ref Figures SumOf(Dictionary<(string Value, int Slot), Figures> sums, string value, int slot) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (value, slot), out _);

    private static Dictionary<int, Rollup> Split(AxisSums axis, Func<int, int> partOf)
    {
        var parts = new Dictionary<int, Rollup>();
        foreach (var ((value, slot), figures) in axis.Sums)
        {
            ref var part = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, partOf(slot), out _);
            AddTo((part ??= new()).SumsOf(axis.Axis), value, slot, figures);
        }
        return parts;
    }

    private static bool IsCrowded(AxisSums axis) => axis.Sums.Count > ValuesMax
        && axis.Sums.Keys.Select(place => place.Value).Distinct().Count() > ValuesMax;

    private Dictionary<(string Value, int Slot), Figures>? SumsOn(string name)
    {
        foreach (var axis in _axes)
            if (axis.Axis == name) return axis.Sums;
        return null;
    }

    private Dictionary<(string Value, int Slot), Figures> SumsOf(string name)
    {
        if (SumsOn(name) is { } sums) return sums;
        _axes.Add(new(name, []));
        return _axes[^1].Sums;
    }

    private readonly record struct AxisSums(string Axis, Dictionary<(string Value, int Slot), Figures> Sums);
}
