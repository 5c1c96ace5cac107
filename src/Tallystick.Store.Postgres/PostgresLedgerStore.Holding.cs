using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

public sealed partial class PostgresLedgerStore
{
    private const string LockSql = """
        SELECT c.sequence FROM unnest($1, $2) WITH ORDINALITY AS a (project, number, n)
        JOIN tallystick.chain c ON c.project = a.project AND c.number = a.number
        ORDER BY a.n FOR UPDATE OF c
        """;

    /// <summary>Two round trips with the commit: locked and read in the first one.</summary>
    public async ValueTask<IHeldChains> HoldAsync(
        IReadOnlyList<KnownChain> chains, bool isBrief, CancellationToken cancel)
    {
        _heartbeat.RequireKnownSchema();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_outage.Admit(_options.CommitPatience));
        Lease? lease = null;
        try
        {
            lease = await _writers.RentAsync(deadline.Token);
            var states = await lease.RunAsync(connection => LockAsync(connection, chains, isBrief), deadline.Token);
            _outage.End();
            var held = lease;
            return new HeldChains(held, states, (batch, token) => CommitAsync(batch, held, token));
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            if (lease is not null) await lease.DisposeAsync();
            if (PostgresFaults.IsOutage(failure)) Note();
            if (PostgresFaults.OfCommit(failure, wasSent: false) != Outcome.Locked)
                throw PostgresFaults.Unavailable(failure);
            List<ChainKey> keys = [.. chains.Select(chain => chain.Key)];
            throw PostgresFaults.Locked(
                keys.Count == 1 ? [.. keys] : [.. await FindLockedAsync(keys, deadline.Token)], failure);
        }
    }

    private async Task<IReadOnlyList<ChainState?>> LockAsync(
        NpgsqlConnection connection, IReadOnlyList<KnownChain> chains, bool isBrief)
    {
        await using var commands = new NpgsqlBatch(connection)
        {
            // Each statement sees what was committed when it began: the states are read after the locks are had.
            BatchCommands =
            {
                new("BEGIN ISOLATION LEVEL READ COMMITTED"), new(isBrief ? _briefSettings : _settings),
                OfChains(LockSql, chains), Load(chains),
            },
        };
        var lost = new List<int>();
        ChainState?[] states;
        await using (var rows = await commands.ExecuteReaderAsync())
        {
            await rows.NextResultAsync();
            await rows.NextResultAsync();
            states = await FoldAsync(rows, chains, lost);
            await rows.NextResultAsync();
        }
        await LoadLostAsync(connection, chains, states, lost);
        return states;
    }

    private static NpgsqlBatchCommand OfChains(string sql, IReadOnlyList<KnownChain> chains) => new(sql)
    {
        Parameters =
        {
            new() { Value = chains.Select(chain => chain.Key.Project).ToArray() },
            new() { Value = chains.Select(chain => chain.Key.Number).ToArray() },
        },
    };
}
