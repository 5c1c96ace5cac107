using System.Collections.Concurrent;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// Committed states that were used lately, at most so many. The lane writes; readers look from any thread, and what
/// they miss they load from the store, which always knows.
/// </summary>
internal sealed class StateCache(int capacity)
{
    private readonly ConcurrentDictionary<ChainKey, Slot> _slots = new();

    /// <summary>All of them, in the order in which they came or were passed over.</summary>
    private readonly Queue<Slot> _round = new();

    private volatile int _count;

    public int Count => _count;

    public ChainState? Peek(ChainKey key) => _slots.TryGetValue(key, out var slot) ? slot.State : null;

    /// <summary>For the lane's thread only.</summary>
    public void Put(ChainState state)
    {
        if (_slots.TryGetValue(state.Key, out var slot))
        {
            slot.State = state;
            slot.IsUsed = true;
            return;
        }
        slot = new(state.Key, state);
        _slots[state.Key] = slot;
        _round.Enqueue(slot);
        _count++;
        while (_count > capacity) Pass();
    }

    /// <summary>For the lane's thread only.</summary>
    public void Drop(ChainKey key)
    {
        if (_slots.TryGetValue(key, out var slot)) slot.State = null;
    }

    /// <summary>The next in the round goes, unless it has been used since it came or was passed over.</summary>
    private void Pass()
    {
        var slot = _round.Dequeue();
        if (slot is { IsUsed: true, State: not null })
        {
            slot.IsUsed = false;
            _round.Enqueue(slot);
            return;
        }
        _slots.TryRemove(slot.Key, out _);
        _count--;
    }

    private sealed class Slot(ChainKey key, ChainState? state)
    {
        private volatile ChainState? _state = state;

        public ChainKey Key { get; } = key;

        /// <summary>Null once it has been dropped: the store knows more.</summary>
        public ChainState? State { get => _state; set => _state = value; }
        public bool IsUsed { get; set; }
    }
}
