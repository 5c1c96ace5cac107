using Tallystick.Engine.Limits;

namespace Tallystick.Engine.Ports;

/// <summary>Where all nodes of a shared store count together what is limited by the minute. Thread-safe.</summary>
public interface IRateStore
{
    /// <summary>
    /// Answers each ask by <see cref="RateLease.Of"/>, with what all nodes asked before and by the store's own clock.
    /// Of one thing there is at most one ask.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Some of it may have been counted; nothing was leased.</exception>
    ValueTask<IReadOnlyList<RateLease>> LeaseAsync(IReadOnlyList<RateAsk> asks, CancellationToken cancel);
}
