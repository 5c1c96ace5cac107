using System.Collections.Concurrent;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// Committed states that were used lately, at most so many. The lane writes; readers look from any thread, and what
/// they miss they load from the store, which always knows.
/// </summary>
internal sealed class StateCache(int capacity)
{
    private const int FirstPlaces = 1_024;

    private readonly ConcurrentDictionary<ChainKey, int> _placeOf = new();

    /// <summary>
    /// One in each place, side by side: the collector looks through all that refers to what is new, and with every
    /// commit these do. Null where one has been dropped: the store knows more.
    /// </summary>
    private volatile ChainState?[] _states = new ChainState?[FirstPlaces];

    /// <summary>What the lane knows of each place.</summary>
    private Place[] _places = new Place[FirstPlaces];

    private volatile int _count;

    /// <summary>The place that is looked at next when one has to go.</summary>
    private int _hand;

    public int Count => _count;

    public ChainState? Peek(ChainKey key)
    {
        if (!_placeOf.TryGetValue(key, out var place)) return null;
        var state = Volatile.Read(ref _states[place]);
        // The place may have been given to another since.
        return state?.Key == key ? state : null;
    }

    /// <summary>For the lane's thread only.</summary>
    public void Put(ChainState state)
    {
        var isNew = !_placeOf.TryGetValue(state.Key, out var place);
        if (isNew) place = _count < capacity ? Add() : Free();
        _places[place] = new(state.Key, !isNew);
        Volatile.Write(ref _states[place], state);
        if (isNew) _placeOf[state.Key] = place;
    }

    /// <summary>For the lane's thread only.</summary>
    public void Drop(ChainKey key)
    {
        if (_placeOf.TryGetValue(key, out var place)) Volatile.Write(ref _states[place], null);
    }

    private int Add()
    {
        if (_count == _places.Length)
        {
            Array.Resize(ref _places, 2 * _count);
            var states = new ChainState?[2 * _count];
            _states.CopyTo(states, 0);
            _states = states;
        }
        return _count++;
    }

    /// <summary>The first in the round that has not been used since it came or was passed over.</summary>
    private int Free()
    {
        while (true)
        {
            var place = _hand;
            _hand = (_hand + 1) % _count;
            if (_places[place].IsUsed && _states[place] is not null)
            {
                _places[place].IsUsed = false;
                continue;
            }
            _placeOf.TryRemove(_places[place].Key, out _);
            return place;
        }
    }

    private record struct Place(ChainKey Key, bool IsUsed);
}
