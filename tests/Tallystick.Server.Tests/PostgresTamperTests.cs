using System.Globalization;
using Npgsql;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Engine;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>
/// Every column of the database's tables, changed with SQL in the first, a middle and the last row: verify finds it, or
/// the database is refused.
/// </summary>
public sealed class PostgresTamperTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Busy = "busy";
    private PostgresCluster _cluster = null!;
    private string _sample = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PostgresCluster.StartOwnAsync();
        _sample = await _cluster.CreateDatabaseAsync();
        var store = await PostgresLedgerStore.OpenAsync(
            new()
            {
                Connection = _sample, Clock = PostgresStoreOptions.TestClock,
                CommitPatience = TimeSpan.FromSeconds(20), ReadPatience = TimeSpan.FromSeconds(20),
            },
            StoreFold.Next, default);
        await using (var books = new BookWriter(store))
        {
            await SampleBooks.WriteAsync(books);
            // More than an epoch, so that there are sums of it, a kept state and what follows them.
            await books.AskAsync(
                Busy, new AccountCommand.PutAccount(Busy) { OverdraftLimit = BookWriter.Credits(9_999) });
            await Task.WhenAll(Enumerable.Range(0, 1_100).Select(i => books.AskAsync(
                Busy, new AccountCommand.ChargeCredits(Demand.Of(BookWriter.Credits(1)), null), $"b{i}")));
            await books.SealAsync();
            while (await CountAsync(_sample, "rollup_tail") + await CountAsync(_sample, "rollup_due") > 0)
                await Task.Delay(100);
        }
        NpgsqlConnection.ClearAllPools();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Any_field_of_the_database_changed_by_hand_is_found_I4_S9_Q13()
    {
        Assert.False(IsFound(_sample), "the sample itself");
        foreach (var (table, columns) in new (string, string[])[]
        {
            ("journal", ["project", "number", "sequence", "key", "reference", "hash", "bytes"]),
            ("entry_text", ["project", "number", "sequence", "salt", "content"]),
            ("account", ["project", "number", "account_id"]),
            ("chain", ["project", "number", "sequence", "head"]),
            ("chain_state", ["project", "number", "sequence", "due", "bytes"]),
            ("record", ["project", "number", "kind", "thing", "epoch", "bytes"]),
            ("checkpoint", ["project", "number", "at", "bytes"]),
            ("seal", ["project", "number", "at", "heads", "root", "hash"]),
            ("sealed_head", ["project", "number", "sequence"]),
            ("rollup", ["project", "grain", "axis", "slot", "bytes"]),
            ("account_rollup", ["project", "number", "grain", "axis", "first_slot", "bytes"]),
            ("account_epochs", ["project", "number", "epochs"]),
            ("migration", ["number", "name", "checksum"]),
        })
            foreach (var row in await RowsAsync(table))
                foreach (var column in columns)
                    await FindAsync($"UPDATE tallystick.{table} SET {column} = {Change(column)} WHERE ctid = '{row}'");
        await FindAsync("UPDATE tallystick.meta SET value = value || 'x' WHERE name = 'clock'");
    }

    [Fact]
    public async Task Any_row_of_the_database_deleted_by_hand_is_found_S9_Q13()
    {
        foreach (var table in new[]
        {
            "journal", "entry_text", "account", "chain", "chain_state", "record", "seal", "sealed_head", "rollup",
            "account_rollup", "account_epochs", "migration",
        })
            foreach (var row in await RowsAsync(table))
                await FindAsync($"DELETE FROM tallystick.{table} WHERE ctid = '{row}'");
    }

    [Fact]
    public async Task Rows_of_the_database_swapped_or_added_and_a_changed_schema_are_found_S9()
    {
        foreach (var sql in new[]
        {
            "UPDATE tallystick.chain_state SET due = NULL",
            "INSERT INTO tallystick.account SELECT 7, project, 'nobody' FROM tallystick.account LIMIT 1",
            "INSERT INTO tallystick.entry_text VALUES (7, 1, 1, '', '')",
            """
            UPDATE tallystick.sealed_head h SET sequence = c.sequence + 1
            FROM tallystick.chain c WHERE c.number = h.number
            """,
            """
            INSERT INTO tallystick.account_rollup
            SELECT number, project, 5, 2, '', bytes FROM tallystick.account_rollup LIMIT 1
            """,
            "DROP TRIGGER journal_keeps_rows ON tallystick.journal",
            """
            CREATE OR REPLACE FUNCTION tallystick.keep_rows() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RETURN NULL; END'
            """,
        })
            await FindAsync(sql);
    }

    private static string Change(string column) => column switch
    {
        "bytes" or "hash" or "salt" or "content" or "root" or "heads" => $"""
            set_byte({column}, length({column}) / 2, get_byte({column}, length({column}) / 2) # 90)
            """,
        "account_id" or "name" or "checksum" or "axis" => $"{column} || 'x'",
        "key" or "reference" => $"md5(coalesce({column}::text, 'x'))::uuid",
        "due" => "coalesce(due, 0) + 100000",
        "kind" or "grain" => $"{column} + 5",
        _ => $"{column} + 100000",
    };

    private async Task<List<string>> RowsAsync(string table)
    {
        await using var source = NpgsqlDataSource.Create($"{_sample};Pooling=false");
        await using var command = source.CreateCommand($"SELECT ctid::text FROM tallystick.{table} ORDER BY ctid");
        var all = new List<string>();
        await using (var rows = await command.ExecuteReaderAsync())
            while (await rows.ReadAsync()) all.Add(rows.GetString(0));
        Assert.NotEmpty(all);
        return [.. new[] { 0, all.Count / 2, all.Count - 1 }.Distinct().Select(i => all[i])];
    }

    private static async Task<long> CountAsync(string database, string table)
    {
        await using var source = NpgsqlDataSource.Create($"{database};Pooling=false");
        await using var command = source.CreateCommand($"SELECT count(*) FROM tallystick.{table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Changes a copy behind the ledger's back, as somebody with the database's password would.</summary>
    private async Task FindAsync(string sql)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"copy_{Guid.NewGuid():N}");
        var (all, of) = (_cluster.Connection("postgres"), new NpgsqlConnectionStringBuilder(_sample).Database);
        await PostgresCluster.ExecuteAsync(all, $"CREATE DATABASE {name} TEMPLATE {of} STRATEGY file_copy");
        var copy = $"{_cluster.Connection(name)};Pooling=false";
        // The guards of the tables stay, and look away.
        await PostgresCluster.ExecuteAsync(copy, $"SET session_replication_role = replica; {sql}");
        Assert.True(IsFound(copy), sql);
        await PostgresCluster.ExecuteAsync(all, $"DROP DATABASE {name} WITH (FORCE)");
    }

    private bool IsFound(string database)
    {
        try
        {
            using var audit = PostgresAudit.Open(new() { Connection = database });
            var faults = new List<AuditFault>();
            var result = StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add);
            if (faults.Count > 0) output.WriteLine(faults[0].ToString());
            return result.Faults > 0;
        }
        catch (Exception refused) when (refused is StoreRefusedException or JournalCorruptException)
        {
            output.WriteLine(refused.Message);
            return true;
        }
    }
}
