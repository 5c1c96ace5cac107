using System.Security.Cryptography;
using Npgsql;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres.Migrations;

namespace Tallystick.Store.Postgres;

public sealed partial class PostgresLedgerStore
{
    private PostgresLedgerStore(PostgresStoreOptions options, Folding fold, ServerSettings server)
    {
        (_options, _fold) = (options, fold);
        _writers = new(options, "writers", options.Writers);
        _readers = new(options, "readers", options.Readers, options.ReadPatience);
        _laneReaders = new(options, "lanes", options.LaneReaders, options.ReadPatience);
        _outage = new(TimeProvider.System, options.OutagePatience);
        _heartbeat = new(_writers, _outage, Note);
        _trailers = new(options, "rollups", 1);
        _rollups = new(_trailers, _outage);
        _limiters = new(options, "rates", 1);
        _settings = server.ForTransactions(options, options.LockPatience);
        _rates = new(_settings, TimeProvider.System);
        _briefSettings = server.ForTransactions(options, options.BriefLockPatience);
        Warnings = [.. server.Warnings(), .. server.Unsafe().Select(setting => $"NOT DURABLE: {setting}")];
        Description = $"PostgreSQL {server.Version}, synchronous_commit={server.SynchronousCommitUsed}";
    }

    /// <summary>Connects, migrates if need be, and reads back how durable the server is.</summary>
    /// <exception cref="StoreRefusedException">The database cannot be served; the message says why.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be reached.</exception>
    public static async Task<PostgresLedgerStore> OpenAsync(
        PostgresStoreOptions options, Folding fold, CancellationToken cancel)
    {
        PostgresLedgerStore? store = null;
        try
        {
            var server = await PrepareAsync(options, cancel);
            store = new(options with { IsDirect = server.IsDirect }, fold, server);
            await store._heartbeat.StartAsync(cancel);
            await store.WarmAsync(cancel);
            store._rollups.Start();
            return store;
        }
        catch (Exception failure)
        {
            if (store is not null) await store.DisposeAsync();
            if (!PostgresFaults.IsFault(failure)) throw;
            throw PostgresFaults.Unavailable(failure);
        }
    }

    /// <summary>The first commit takes a new program longer than any later one: it shall not be a client's.</summary>
    private async Task WarmAsync(CancellationToken cancel)
    {
        var question = new NpgsqlBatch { BatchCommands = { new(_settings), CommitStatement.Of([]) } };
        await _writers.RunAsync(connection => ReadChainsAsync(connection, question, skip: 1), cancel);
        await _readers.RunAsync(connection => LoadAsync(connection, []), cancel);
    }

    /// <summary>What nodes that start together take from each other at a strict isolation is done again.</summary>
    private static async Task<ServerSettings> PrepareAsync(PostgresStoreOptions options, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await PrepareOnceAsync(options, cancel);
            }
            catch (PostgresException taken) when (
                attempt < RetriesMax && PostgresFaults.OfCommit(taken, wasSent: true) == Outcome.Retry)
            {
                await Task.Delay(Random.Shared.Next(1, 8 << attempt), cancel);
            }
        }
    }

    private static async Task<ServerSettings> PrepareOnceAsync(PostgresStoreOptions options, CancellationToken cancel)
    {
        await using var source = options.CreateDataSource("opening", 1, commandTimeout: TimeSpan.Zero);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var server = await ServerSettings.ReadAsync(connection, cancel);
        server.Require(options.AllowUnsafeDurability);
        if (options.Migrate) await Migrator.ApplyAsync(connection, options.ApplicationRole, cancel);
        else if (await Migrator.CompareAsync(connection, cancel) is { } difference) throw new StoreRefusedException(
            difference);
        await CheckMetaAsync(connection, options, cancel);
        await RollupBacklog.WorkOffAsync(connection, cancel);
        return server;
    }

    /// <summary>
    /// What a store was made with; of several nodes that start on an empty one the first to commit says it.
    /// </summary>
    private static async Task CheckMetaAsync(
        NpgsqlConnection connection, PostgresStoreOptions options, CancellationToken cancel)
    {
        await RememberAsync(
            connection, "store_id", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), cancel);
        var clock = await RememberAsync(connection, "clock", options.Clock, cancel);
        if (clock != options.Clock)
            throw new StoreRefusedException(
                $"the store was made with a {clock} clock and cannot be opened with a {options.Clock} clock");
        if (options.PepperCheck is { } check && await RememberAsync(connection, "pepper_check", check, cancel) != check)
            throw new StoreRefusedException(
                "the store's keys were made with another pepper: all nodes must have that one");
    }

    private static async Task<string> RememberAsync(
        NpgsqlConnection connection, string name, string value, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("INSERT INTO tallystick.meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                {
                    Parameters = { new() { Value = name }, new() { Value = value } },
                },
                new("SELECT value FROM tallystick.meta WHERE name = $1") { Parameters = { new() { Value = name } } },
            },
        };
        return (string)(await batch.ExecuteScalarAsync(cancel))!;
    }
}
