using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>
/// Chains that this node has for itself until it commits or lets go: for those that several nodes change all the time,
/// where each would decide in vain most of the time. Held for one turn, which must be short.
/// </summary>
public interface IHeldChains : IAsyncDisposable
{
    /// <summary>The present states, in the order in which the chains were named; null where there is none.</summary>
    IReadOnlyList<ChainState?> States { get; }

    /// <summary>As <see cref="ILedgerStore.CommitAsync"/>, for these chains; lets go of them.</summary>
    ValueTask<ImmutableArray<ChainKey>> CommitAsync(IReadOnlyList<ChainChange> batch, CancellationToken cancel);
}
