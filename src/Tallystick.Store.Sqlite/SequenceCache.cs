using Tallystick.Core.Journal;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// Last sequences of the chains written lately, so that a commit can check them without reading. Two generations: when
/// the young one is full the old one is dropped. Under the store's write lock.
/// </summary>
internal sealed class SequenceCache
{
    private const int GenerationMax = 131_072; // some 6 MiB

    private Dictionary<ChainKey, long> _young = [];
    private Dictionary<ChainKey, long> _old = [];

    public long? Find(ChainKey chain) =>
        _young.TryGetValue(chain, out var sequence) || _old.TryGetValue(chain, out sequence) ? sequence : null;

    public void Set(ChainKey chain, long sequence)
    {
        _young[chain] = sequence;
        if (_young.Count < GenerationMax) return;
        _old = _young;
        _young = [];
    }
}
