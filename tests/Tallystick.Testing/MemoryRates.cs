using Tallystick.Engine.Limits;
using Tallystick.Engine.Ports;

namespace Tallystick.Testing;

/// <summary>Counts of limits that nodes in one process share, kept as a table would keep them.</summary>
public sealed class MemoryRates(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RateThing, (long Segment, long[] Used)> _rows = [];

    /// <summary>How far the store's clock has been set away from the time.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>A node's way to it.</summary>
    public Wire Connect() => new(this);

    private List<RateLease> Lease(IReadOnlyList<RateAsk> asks)
    {
        var leases = new List<RateLease>();
        lock (_gate)
            foreach (var ask in asks)
            {
                var row = _rows.GetValueOrDefault(ask.Thing, (0, []));
                var lease = RateLease.Of(new(row.Segment, row.Used), clock.GetUtcNow() + Skew, ask);
                _rows[ask.Thing] = (lease.Segment, lease.Window.ToArray());
                leases.Add(lease);
            }
        return leases;
    }

    /// <summary>One node's wire, which may be cut.</summary>
    public sealed class Wire(MemoryRates rates) : IRateStore
    {
        private int _calls;

        public bool IsCut { get; set; }

        /// <summary>How often the store was called.</summary>
        public int Calls => _calls;

        public ValueTask<IReadOnlyList<RateLease>> LeaseAsync(IReadOnlyList<RateAsk> asks, CancellationToken cancel)
        {
            Interlocked.Increment(ref _calls);
            return IsCut ? throw new StoreUnavailableException("the wire is cut") : new(rates.Lease(asks));
        }
    }
}
