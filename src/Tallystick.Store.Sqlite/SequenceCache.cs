using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// Last sequences of the chains written or loaded lately, so that a commit can check them without reading. Two
/// generations: when the young one is full the old one is dropped. Any thread.
/// </summary>
internal sealed class SequenceCache
{
    // A million chains in both, at some 45 bytes each. A chain that is in neither costs its commit a block read.
    private const int GenerationMax = 524_288;

    private readonly Lock _lock = new();
    private Dictionary<ChainKey, long> _young = [];
    private Dictionary<ChainKey, long> _old = [];
    private long _commits;

    /// <summary>Commits so far: what was loaded before another one may be out of date.</summary>
    public long Commits { get { lock (_lock) return _commits; } }

    public long? Find(ChainKey chain)
    {
        lock (_lock)
        {
            if (_young.TryGetValue(chain, out var sequence)) return sequence;
            return _old.TryGetValue(chain, out sequence) ? sequence : null;
        }
    }

    /// <summary>Called once the index shows the commit.</summary>
    public void NoteCommit(IReadOnlyList<ChainChange> batch)
    {
        lock (_lock)
        {
            _commits++;
            for (var i = 0; i < batch.Count; i++) Set(batch[i].Key, batch[i].State.Sequence);
        }
    }

    /// <summary>Keeps what was loaded, unless something was committed since it began to be.</summary>
    public void NoteLoad(ChainKey chain, long sequence, long commitsBefore)
    {
        lock (_lock)
            if (_commits == commitsBefore) Set(chain, sequence);
    }

    private void Set(ChainKey chain, long sequence)
    {
        _young[chain] = sequence;
        if (_young.Count < GenerationMax) return;
        _old = _young;
        _young = [];
    }
}
