using Tallystick.Core.Journal;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// Idempotency keys of a tail by their hash. Neither texts nor anything else that the collector would have to follow:
/// there are as many of these as entries. Different keys may share a hash, so the entry tells whose it is.
/// </summary>
internal sealed class TailKeys
{
    private readonly Dictionary<(ChainKey Chain, ulong Hash), Located> _entries = [];
    private readonly List<(ChainKey Chain, ulong Hash, Located Entry)> _others = [];

    public int Count => _entries.Count + _others.Count;

    /// <summary>In the order of the journal, as far as the hash is the same.</summary>
    public IEnumerable<(ChainKey Chain, ulong Hash, Located Entry)> All =>
        _entries.Select(entry => (entry.Key.Chain, entry.Key.Hash, entry.Value)).Concat(_others);

    public void Add(ChainKey chain, ulong hash, Located entry)
    {
        if (!_entries.TryAdd((chain, hash), entry)) _others.Add((chain, hash, entry));
    }

    public void Find(ChainKey chain, ulong hash, ref List<Located>? found)
    {
        if (!_entries.TryGetValue((chain, hash), out var first)) return;
        (found ??= []).Add(first);
        foreach (var other in _others)
            if (other.Chain == chain && other.Hash == hash) found.Add(other.Entry);
    }

    /// <summary>Empty, with the room that it has had.</summary>
    public void Clear()
    {
        _entries.Clear();
        _others.Clear();
    }
}
