using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Ports;

/// <summary>
/// Where chains are kept. Calls come from the lanes (commit, load) and from readers (everything else) at once.
/// Reads show what has been committed, whether or not it has been indexed yet.
/// </summary>
/// <remarks>
/// A fault is a <see cref="StoreUnavailableException"/>: nothing of the batch is stored, the same call may be made
/// again; or a <see cref="StoreBrokenException"/>: what is stored is unknown and this process must not go on writing.
/// </remarks>
public interface ILedgerStore : IAsyncDisposable
{
    /// <summary>Makes the batch durable. Chains whose sequence had moved on are named and nothing is stored.</summary>
    ValueTask<ImmutableArray<ChainKey>> CommitAsync(IReadOnlyList<ChainChange> batch, CancellationToken cancel);

    /// <summary>The present state of a chain; null if there is none.</summary>
    ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel);

    /// <summary>The present states of several chains, in one round trip where there are round trips.</summary>
    async ValueTask<IReadOnlyList<ChainState?>> LoadAsync(IReadOnlyList<KnownChain> chains, CancellationToken cancel)
    {
        var states = new ChainState?[chains.Count];
        for (var i = 0; i < states.Length; i++) states[i] = await LoadAsync(chains[i].Key, cancel);
        return states;
    }

    /// <summary>
    /// A state of the chain as of some entry dated at or before the instant, to fold on from; null: from the start.
    /// </summary>
    ValueTask<ChainState?> LoadCheckpointAsync(ChainKey chain, Instant at, CancellationToken cancel);

    /// <summary>
    /// The last stored form of a record; null if it never left the state (or, for a charge, was never refunded).
    /// </summary>
    ValueTask<ChainRecord?> LoadRecordAsync(ChainKey chain, RecordKey record, CancellationToken cancel);

    /// <summary>The form that a record had as of a checkpoint; null as above.</summary>
    ValueTask<ChainRecord?> LoadRecordAsync(ChainState checkpoint, RecordKey record, CancellationToken cancel);

    /// <summary>The sequence of the entry that claimed an idempotency key; null if none has.</summary>
    ValueTask<long?> FindKeyAsync(ChainKey chain, string key, CancellationToken cancel);

    /// <summary>The same for several of them, in one round trip where there are round trips.</summary>
    async ValueTask<IReadOnlyList<long?>> FindKeysAsync(
        IReadOnlyList<(ChainKey Chain, string Key)> keys, CancellationToken cancel)
    {
        var sequences = new long?[keys.Count];
        for (var i = 0; i < sequences.Length; i++)
            sequences[i] = await FindKeyAsync(keys[i].Chain, keys[i].Key, cancel);
        return sequences;
    }

    /// <summary>
    /// Sequences of the entries that carry a reference id, descending from <paramref name="before"/>.
    /// </summary>
    ValueTask<IReadOnlyList<long>> FindReferenceAsync(
        ChainKey chain, string referenceId, long before, int limit, CancellationToken cancel);

    /// <summary>Entries <paramref name="first"/> to <paramref name="last"/> in order, with their texts.</summary>
    ValueTask<IReadOnlyList<SealedEntry>> ReadAsync(ChainKey chain, long first, long last, CancellationToken cancel);

    /// <summary>Account ids of a project in ordinal order after a given one.</summary>
    ValueTask<IReadOnlyList<string>> ListAccountsAsync(int project, string after, int limit, CancellationToken cancel);

    /// <summary>
    /// Numbers of a chain's stored (no longer open) records of one kind, descending from <paramref name="before"/>.
    /// </summary>
    ValueTask<IReadOnlyList<ThingNumber>> ListRecordsAsync(
        ChainKey chain, RecordKind kind, ThingNumber before, int limit, CancellationToken cancel);

    /// <summary>
    /// A part of a tour over all accounts: those with something due by the instant, or more, but none less. Starts at a
    /// null cursor and ends with one.
    /// </summary>
    ValueTask<DuePage> TourDueAsync(Instant until, string? cursor, CancellationToken cancel);

    /// <summary>
    /// Adds up what the entries of an account, or of all accounts of a project, count for in reports: of one snapshot,
    /// everything that was acknowledged included.
    /// </summary>
    ValueTask<Rollup> SumAsync(RollupQuery query, CancellationToken cancel);

    /// <summary>Does a bounded step of the work that trails the commits, and waits for nothing.</summary>
    ValueTask<TrailStep> TrailAsync(CancellationToken cancel);

    /// <summary>Committed entries that what trails has not caught up with.</summary>
    long Lag { get; }

    /// <summary>
    /// Finds out whether a commit would be taken now, by making durable something of no consequence.
    /// </summary>
    ValueTask ProbeAsync(CancellationToken cancel);

    /// <summary>True when so much trails that admission should pause (503 <c>overloaded</c>).</summary>
    bool IsBehind { get; }

    /// <summary>
    /// Writes the next seal over all heads that changed since the last; null when none did, but see
    /// <see cref="Seal.Unchanged"/>.
    /// </summary>
    ValueTask<Seal?> SealAsync(int project, Instant at, CancellationToken cancel);

    /// <summary>The last seal; null before the first.</summary>
    ValueTask<Seal?> LastSealAsync(int project, CancellationToken cancel);

    /// <summary>Seals of a project, descending from <paramref name="before"/>.</summary>
    ValueTask<IReadOnlyList<SealSummary>> ListSealsAsync(
        int project, long before, int limit, CancellationToken cancel);

    /// <summary>
    /// Other processes write to it, too: a state is known to be the present one only when it has just been read.
    /// </summary>
    bool IsShared { get; }

    /// <summary>
    /// How often this process has lost its store: what it made of entries before may be of some that a failover has
    /// lost since.
    /// </summary>
    long Interruptions => 0;

    /// <summary>
    /// Waits for these chains and keeps other nodes from changing them. Only for a store that is shared. Those that
    /// somebody keeps locked are named by the <see cref="StoreUnavailableException"/>.
    /// </summary>
    /// <param name="chains">In their order, so that two nodes never wait for each other.</param>
    /// <param name="isBrief">Somebody kept one of them locked a moment ago: asks, and hardly waits.</param>
    ValueTask<IHeldChains> HoldAsync(IReadOnlyList<KnownChain> chains, bool isBrief, CancellationToken cancel) =>
        throw new NotSupportedException("nobody else writes to this store");

    /// <summary>A short statement of what this store is and how it makes things durable, for logs and health.</summary>
    string Description { get; }
}
