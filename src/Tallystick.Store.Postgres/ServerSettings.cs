using Npgsql;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>What the server says of how it keeps things, read back at the start.</summary>
internal sealed record ServerSettings(
    string Version, string Fsync, string FullPageWrites, string SynchronousCommit, string Standbys, string Checksums,
    bool InRecovery)
{
    private const int OldestVersion = 150_000;
    private const string Sql = """
        SELECT current_setting('server_version'), current_setting('server_version_num')::integer, current_setting(
            'fsync'),
            current_setting('full_page_writes'), current_setting('synchronous_commit'),
            current_setting('synchronous_standby_names'), current_setting('data_checksums'), pg_is_in_recovery(),
            pg_backend_pid()
        """;

    /// <summary>What each transaction is given: never less than the server's own.</summary>
    public string SynchronousCommitUsed => SynchronousCommit == "remote_apply" ? SynchronousCommit : "on";

    /// <summary>Whether no pooler stands between: one tells clients a number of its own as their process.</summary>
    public bool IsDirect { get; private init; }

    private int VersionNumber { get; init; }

    public static async Task<ServerSettings> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new(
            row.GetString(0), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
            row.GetBoolean(7))
        {
            VersionNumber = row.GetInt32(1),
            IsDirect = row.GetInt32(8) == connection.ProcessID,
        };
    }

    /// <summary>Settings under which a crash may lose what was acknowledged.</summary>
    public IEnumerable<string> Unsafe()
    {
        if (Fsync != "on") yield return $"fsync = {Fsync}";
        if (FullPageWrites != "on") yield return $"full_page_writes = {FullPageWrites}";
        if (SynchronousCommit is not ("on" or "remote_apply")) yield return $"synchronous_commit = {SynchronousCommit}";
    }

    public IEnumerable<string> Warnings()
    {
        if (Standbys.Length == 0)
            yield return "synchronous_standby_names is empty: a failover to a standby may lose acknowledged writes";
        if (Checksums != "on") yield return "data_checksums is off: a damaged page shows only in tally verify";
    }

    public void Require(bool allowUnsafe)
    {
        if (VersionNumber < OldestVersion) throw new StoreRefusedException(
            $"PostgreSQL {Version} is too old: 15 at least");
        if (InRecovery) throw new StoreRefusedException("this server is a standby and takes no writes");
        var unsafeSettings = Unsafe().ToList();
        if (unsafeSettings.Count > 0 && !allowUnsafe)
            throw new StoreRefusedException(
                $"a crash of this server may lose what was acknowledged: {string.Join(", ", unsafeSettings)}");
    }

    /// <summary>
    /// What every transaction begins with: set for it alone, since a session is shared with others behind a pooler. The
    /// planner has no choice but the keys, so that rows are locked in the order in which they are given.
    /// </summary>
    public string ForTransactions(PostgresStoreOptions options, TimeSpan lockPatience)
    {
        return $"""
            SELECT set_config('synchronous_commit', '{SynchronousCommitUsed}', true),
                set_config('lock_timeout', '{(int)lockPatience.TotalMilliseconds}', true),
                set_config('statement_timeout', '{(int)options.CommitPatience.TotalMilliseconds}', true),
                set_config(
                    'idle_in_transaction_session_timeout', '{(int)options.CommitPatience.TotalMilliseconds}', true),
                set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
                set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)
            """;
    }
}
