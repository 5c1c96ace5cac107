using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// A transaction that has locked chains. If this node stops here, the server ends the transaction after
/// <c>idle_in_transaction_session_timeout</c>, and a commit that comes later finds no transaction.
/// </summary>
internal sealed class HeldChains(
    Lease lease, IReadOnlyList<ChainState?> states,
    Func<IReadOnlyList<ChainChange>, CancellationToken, ValueTask<ImmutableArray<ChainKey>>> commit) : IHeldChains
{
    public IReadOnlyList<ChainState?> States => states;

    public ValueTask<ImmutableArray<ChainKey>> CommitAsync(
        IReadOnlyList<ChainChange> batch, CancellationToken cancel) => commit(batch, cancel);

    /// <summary>Rolls back what was not committed: the driver does that to a connection that is given back.</summary>
    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
