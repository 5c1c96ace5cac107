using System.Collections.Concurrent;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// Committed states that were used lately, at most so many. The lane writes; readers look from any thread, and what
/// they miss they load from the store, which always knows.
/// </summary>
internal sealed class StateCache(int capacity)
{
    private readonly ConcurrentDictionary<ChainKey, ChainState> _states = new();
    private readonly Dictionary<ChainKey, LinkedListNode<ChainKey>> _nodes = [];
    private readonly LinkedList<ChainKey> _byUse = new();

    public int Count => _states.Count;

    public ChainState? Peek(ChainKey key) => _states.GetValueOrDefault(key);

    /// <summary>For the lane's thread only.</summary>
    public void Put(ChainState state)
    {
        _states[state.Key] = state;
        if (_nodes.TryGetValue(state.Key, out var node)) _byUse.Remove(node);
        else _nodes[state.Key] = node = new(state.Key);
        _byUse.AddFirst(node);
        while (_nodes.Count > capacity)
        {
            var last = _byUse.Last!;
            _byUse.RemoveLast();
            _nodes.Remove(last.Value);
            _states.TryRemove(last.Value, out _);
        }
    }

    /// <summary>For the lane's thread only.</summary>
    public void Drop(ChainKey key)
    {
        if (_nodes.Remove(key, out var node)) _byUse.Remove(node);
        _states.TryRemove(key, out _);
    }
}
