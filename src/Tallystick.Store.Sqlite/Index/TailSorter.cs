namespace Tallystick.Store.Sqlite.Index;

/// <summary>Turns a tail, which nobody changes any more, into the sorted items of a run.</summary>
internal sealed class TailSorter(Func<string, ulong> hashText)
{
    private readonly List<(ItemKey Key, int Offset, int Length)> _items = [];
    private byte[] _values = new byte[64 * 1024];
    private int _length;

    public static RunBuild Build(Tail tail, long runId, int blockBytes, Func<string, ulong> hashText)
    {
        var sorter = new TailSorter(hashText);
        sorter.Gather(tail);
        sorter._items.Sort((left, right) => left.Key.CompareTo(right.Key));
        return sorter.Write(tail, runId, blockBytes);
    }

    private void Gather(Tail tail)
    {
        foreach (var (chain, part) in tail.Chains)
        {
            Add(ItemKey.State(chain), part.State.Encode());
            for (var i = 0; i < part.Positions.Length; i++)
                Add(ItemKey.Entry(chain, part.FirstSequence + i), part.Positions[i]);
            foreach (var ((key, epoch), record) in part.Records ?? [])
                Add(ItemKey.Record(chain, key, epoch), record.Encode());
            // Of several at one instant the last counts, as with runs.
            foreach (var state in (part.Kept ?? []).GroupBy(state => state.LastAt).Select(same => same.Last()))
                Add(ItemKey.Checkpoint(chain, state.LastAt), state.Encode());
        }
        foreach (var (chain, rollup) in tail.Rollups)
            foreach (var (id, value) in chain.IsProject ? RollupId.OfProject(rollup) : RollupId.OfAccount(rollup))
                Add(ItemKey.Rollup(chain, id), value);
        foreach (var (chain, hash, entry) in tail.Keys.All)
            Add(ItemKey.Key(chain, hash), entry.Sequence, entry.Position);
        foreach (var ((chain, reference), entries) in tail.References)
        {
            var hash = hashText(reference);
            foreach (var entry in entries) Add(ItemKey.Reference(chain, hash, entry.Sequence), entry.Position);
        }
    }

    private RunBuild Write(Tail tail, long runId, int blockBytes)
    {
        var filterKeys = _items.Count(item => item.Key.IsFiltered);
        var builder = new RunBuilder(runId, 0, (tail.FirstPosition, tail.LastPosition), filterKeys, blockBytes);
        var blocks = new List<byte[]>();
        for (var i = 0; i < _items.Count;)
        {
            var (key, offset, length) = _items[i++];
            ReadOnlySpan<byte> value = _values.AsSpan(offset, length);
            // Only hashes of idempotency keys can meet.
            for (; i < _items.Count && _items[i].Key == key; i++)
                value = (byte[])[.. value, .. _values.AsSpan(_items[i].Offset, _items[i].Length)];
            if (builder.Add(key, value) is { } block) blocks.Add(block);
        }
        var (rest, run) = builder.Finish();
        blocks.AddRange(rest);
        return new(blocks, run);
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
}

/// <summary>A run with all of its blocks, to be written.</summary>
internal sealed record RunBuild(List<byte[]> Blocks, Run Run);
