using System.Runtime.InteropServices;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// Where the runs find the entries of some chains, gathered in one walk: an audit asks for each of them, and a look-up
/// reads through a block.
/// </summary>
internal sealed class FoundEntries
{
    private readonly ChainRange _range;
    private readonly Dictionary<ChainKey, Chain> _chains = [];

    public FoundEntries(IndexView view, ChainRange range, BlockSource source)
    {
        _range = range;
        foreach (var (key, value) in RunMerge.Each([.. view.Runs.Reverse()], range, IsAsked, source))
            Add(key, value.Span);
        foreach (var chain in _chains.Values) chain.Sort();
    }

    public bool Covers(ChainKey chain) => _range.Contains(chain);

    /// <summary>Whether the entry is found under the key.</summary>
    public bool Has(in Located entry, in ItemKey key) =>
        _chains.TryGetValue(key.Chain, out var chain) && chain.Has(key, entry);

    private static bool IsAsked(ItemTag tag) => tag is ItemTag.Entry or ItemTag.Key or ItemTag.Reference;

    private void Add(in ItemKey key, ReadOnlySpan<byte> value)
    {
        ref var chain = ref CollectionsMarshal.GetValueRefOrAddDefault(_chains, key.Chain, out _);
        chain ??= new();
        var offset = 0;
        if (key.Tag != ItemTag.Key)
        {
            chain.Add(key, new(key.Sequence, (long)Varint.Read(value, ref offset)));
            return;
        }
        while (offset < value.Length)
        {
            var sequence = (long)Varint.Read(value, ref offset);
            chain.Add(key, new(sequence, (long)Varint.Read(value, ref offset)));
        }
    }

    private sealed class Chain
    {
        private const long GapMax = 1 << 20;

        /// <summary>By sequence, from 1 on; 0: not found.</summary>
        private readonly List<long> _positions = [];
        private readonly List<Item> _others = [];

        public void Add(in ItemKey key, in Located entry)
        {
            if (key.Tag != ItemTag.Entry)
            {
                _others.Add(new(key.Tag, key.Id, entry));
                return;
            }
            // Sequences are gapless: one that lies far ahead is no entry's, and is looked up like any that is missing.
            var gap = entry.Sequence - _positions.Count - 1;
            if (entry.Sequence < 1 || gap > GapMax) return;
            for (; gap >= 0; gap--) _positions.Add(0);
            _positions[(int)entry.Sequence - 1] = entry.Position;
        }

        public void Sort() => _others.Sort();

        public bool Has(in ItemKey key, in Located entry) => key.Tag == ItemTag.Entry
            ? entry.Sequence >= 1 && entry.Sequence <= _positions.Count
                && _positions[(int)entry.Sequence - 1] == entry.Position
            : _others.BinarySearch(new(key.Tag, key.Id, entry)) >= 0;
    }

    private readonly record struct Item(ItemTag Tag, ulong Id, Located Entry) : IComparable<Item>
    {
        public int CompareTo(Item other)
        {
            if (Tag != other.Tag) return Tag < other.Tag ? -1 : 1;
            if (Id != other.Id) return Id < other.Id ? -1 : 1;
            var order = Entry.Sequence.CompareTo(other.Entry.Sequence);
            return order != 0 ? order : Entry.Position.CompareTo(other.Entry.Position);
        }
    }
}
