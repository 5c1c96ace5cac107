using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// What a run keeps of a tail, which nobody changes any more. Made part by part as it is asked for, so that whoever
/// makes the run can rest in between.
/// </summary>
internal sealed class TailItems(Tail tail, Func<string, ulong> hashText)
{
    /// <summary>
    /// Chains' numbers are hashes, and items are sorted by them: by their first bits they fall into parts of like size.
    /// </summary>
    private const int PartBits = 6;
    public const int Parts = 1 << PartBits;

    private readonly List<(ItemKey Key, int Offset, int Length)> _items = [];
    private byte[] _values = new byte[64 * 1024];
    private int _length;

    /// <summary>Items that a filter has to know of: so many or, where hashes meet, a few less.</summary>
    public long FilterKeys =>
        tail.Chains.Count + tail.Keys.Count + tail.Chains.Values.Sum(chain => chain.Records?.Count ?? 0);

    /// <summary>Each value is there until the next item is asked for.</summary>
    public IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> InOrder()
    {
        var parts = new Part[Parts];
        for (var i = 0; i < parts.Length; i++) parts[i] = new();
        foreach (var (chain, part) in tail.Chains) parts[PlaceOf(chain)].Chains.Add((chain, part));
        foreach (var (chain, rollup) in tail.Rollups) parts[PlaceOf(chain)].Rollups.Add((chain, rollup));
        foreach (var key in tail.Keys.All) parts[PlaceOf(key.Chain)].Keys.Add(key);
        foreach (var (name, entries) in tail.References) parts[PlaceOf(name.Chain)].References.Add((name, entries));
        foreach (var part in parts)
        {
            Gather(part);
            for (var i = 0; i < _items.Count;)
            {
                var (key, offset, length) = _items[i++];
                ReadOnlyMemory<byte> value = _values.AsMemory(offset, length);
                // Only hashes of idempotency keys can meet.
                for (; i < _items.Count && _items[i].Key == key; i++)
                    value = (byte[])[.. value.Span, .. _values.AsSpan(_items[i].Offset, _items[i].Length)];
                yield return (key, value);
            }
        }
    }

    /// <summary>The part that a chain's items are in.</summary>
    public static int PlaceOf(ChainKey chain) =>
        (int)(Math.Clamp(chain.Number, 0, ChainRange.NumberMax) >> (ChainRange.NumberBits - PartBits));

    private void Gather(Part part)
    {
        _items.Clear();
        _length = 0;
        foreach (var (chain, own) in part.Chains)
        {
            Add(ItemKey.State(chain), tail.StateOf(own).Encode());
            for (var i = 0; i < own.Positions.Length; i++)
                Add(ItemKey.Entry(chain, own.FirstSequence + i), own.Positions[i]);
            foreach (var ((key, epoch), record) in own.Records ?? [])
                Add(ItemKey.Record(chain, key, epoch), record.Encode());
            // Of several at one instant the last counts, as with runs.
            foreach (var state in (own.Kept ?? []).GroupBy(state => state.LastAt).Select(same => same.Last()))
                Add(ItemKey.Checkpoint(chain, state.LastAt), state.Encode());
        }
        foreach (var (chain, rollup) in part.Rollups)
            foreach (var (id, value) in chain.IsProject ? RollupId.OfProject(rollup) : RollupId.OfAccount(rollup))
                Add(ItemKey.Rollup(chain, id), value);
        foreach (var (chain, hash, entry) in part.Keys)
            Add(ItemKey.Key(chain, hash), entry.Sequence, entry.Position);
        foreach (var ((chain, reference), entries) in part.References)
        {
            var hash = hashText(reference);
            foreach (var entry in entries) Add(ItemKey.Reference(chain, hash, entry.Sequence), entry.Position);
        }
        // What meets stays in the order of the journal.
        _items.Sort((left, right) => left.Key.CompareTo(right.Key) is not 0 and var order ? order
            : left.Offset.CompareTo(right.Offset));
    }

    private void Add(in ItemKey key, ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_values.AsSpan(_length));
        _items.Add((key, _length, value.Length));
        _length += value.Length;
    }

    private void Add(in ItemKey key, params ReadOnlySpan<long> numbers)
    {
        Reserve(numbers.Length * Varint.SizeMax);
        var start = _length;
        foreach (var number in numbers) _length += Varint.Write(_values.AsSpan(_length), (ulong)number);
        _items.Add((key, start, _length - start));
    }

    private void Reserve(int count)
    {
        if (_values.Length - _length < count) Array.Resize(ref _values, Math.Max(_values.Length * 2, _length + count));
    }

    private sealed class Part
    {
        public List<(ChainKey Chain, TailChain Own)> Chains { get; } = [];
        public List<(ChainKey Chain, Rollup Rollup)> Rollups { get; } = [];
        public List<(ChainKey Chain, ulong Hash, Located Entry)> Keys { get; } = [];
        public List<((ChainKey Chain, string Id) Name, List<Located> Entries)> References { get; } = [];
    }
}
