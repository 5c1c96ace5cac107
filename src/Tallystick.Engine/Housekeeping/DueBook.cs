using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Housekeeping;

/// <summary>
/// Accounts by the instant at which something may fall due, as far as this process has heard of them. Thread-safe. Each
/// is in the queue at its earliest known instant: what has moved on since is found when it comes up.
/// </summary>
internal sealed class DueBook
{
    /// <summary>So many that were superseded may wait for their instant.</summary>
    private const int SupersededMax = 1_024;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<ChainKey, Instant> _queue = new();
    private readonly Dictionary<ChainKey, Instant> _earliest = [];

    public void Note(ChainKey chain, Instant at)
    {
        lock (_gate)
        {
            if (_earliest.TryGetValue(chain, out var known) && known <= at) return;
            _earliest[chain] = at;
            _queue.Enqueue(chain, at);
            if (_queue.Count > 2 * _earliest.Count + SupersededMax) Forget();
        }
    }

    public int Count
    {
        get { lock (_gate) return _queue.Count; }
    }

    /// <summary>Takes out some of what may be due by now.</summary>
    public List<ChainKey> Take(Instant now, int limit)
    {
        var due = new List<ChainKey>();
        lock (_gate)
        {
            while (due.Count < limit && _queue.TryPeek(out var chain, out var at) && at <= now)
            {
                _queue.Dequeue();
                if (!_earliest.TryGetValue(chain, out var known) || known != at) continue;
                _earliest.Remove(chain);
                due.Add(chain);
            }
        }
        return due;
    }

    private void Forget()
    {
        _queue.Clear();
        _queue.EnqueueRange(_earliest.Select(known => (known.Key, known.Value)));
    }
}
