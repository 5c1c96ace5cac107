using System.Diagnostics;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests.Upgrades;

/// <summary>S10: a database that an earlier program has made, and migrations of it that are killed.</summary>
public sealed class MigrationTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 20;

    /// <summary>What the first program would have left of the same books: nothing that later migrations make.</summary>
    private static readonly string MakeEarlier = $"""
        ALTER SCHEMA tallystick RENAME TO later;
        CREATE SCHEMA tallystick;
        CREATE TABLE tallystick.migration (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL);
        {RepositoryFile.Read("src/Tallystick.Store.Postgres/Migrations/0001-journal/up.sql")}
        DO $$
        DECLARE
            of text;
            columns text;
        BEGIN
            FOR of IN SELECT tablename FROM pg_tables WHERE schemaname = 'tallystick' LOOP
                SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
                WHERE table_schema = 'tallystick' AND table_name = of;
                EXECUTE format('INSERT INTO tallystick.%I (%s) SELECT %s FROM later.%I', of, columns, columns, of);
            END LOOP;
        END $$;
        DELETE FROM tallystick.migration WHERE number > 1;
        DROP SCHEMA later CASCADE;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-migrate-").FullName;

    [Fact]
    public async Task A_migration_that_is_killed_has_happened_or_not_and_the_next_does_it_S10()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        var database = await cluster.CreateDatabaseAsync();
        await WriteAsync(database);
        var digest = await DigestAsync(database);
        var newest = await CountAsync(database);
        await PostgresCluster.ExecuteAsync(database, MakeEarlier);

        var began = Stopwatch.GetTimestamp();
        Assert.StartsWith("applied 0002", await MigrateAsync(database));
        var takes = (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var (seed, done) = (CrashCycles.Number("TALLY_SEED") ?? Random.Shared.Next(), 0);
        output.WriteLine($"TALLY_SEED={seed}");
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            if (await CountAsync(database) == newest) await PostgresCluster.ExecuteAsync(database, MakeEarlier);
            // Two, as of nodes that start together.
            await Task.WhenAll(KillAsync(random.Next(takes)), KillAsync(random.Next(takes)));
            // All of it or nothing.
            var migrations = await CountAsync(database);
            Assert.Contains(migrations, (long[])[1, newest]);
            if (migrations == newest) done++;
        }
        output.WriteLine($"{Kills} kills within {takes} ms, {done} after all was done");
        await MigrateAsync(database);
        Assert.Equal(digest, await DigestAsync(database));
        await using var server = await ServeAsync(database);
        var body = $$"""{"account_id":"{{LoadClient.Account(0)}}","amount":1}""";
        var charge = new Intent("after", "/api/v1/charges", body);
        Assert.Equal(201, (await LoadClient.SendAsync(server.Http, charge))!.Status);

        async Task KillAsync(int afterMs)
        {
            using var process = Process.Start(new ProcessStartInfo(Tally.Program, ["migrate", "--postgres", database])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            await Task.Delay(afterMs);
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task WriteAsync(string database)
    {
        using var log = new IntentLog(Path.Combine(_folder, Guid.NewGuid().ToString()));
        await using var server = await ServeAsync(database);
        await LoadClient.OpenAccountsAsync(server.Http);
        var load = new LoadClient(log, new(1)).RunAsync(server.Http);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await server.KillAsync();
        await load;
    }

    private Task<TallyServer> ServeAsync(string database) => TallyServer.StartAsync(
        _folder, new Dictionary<string, string> { ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = new('5', 64) });

    private static async Task<string> MigrateAsync(string database)
    {
        var migrated = await Tally.RunAsync("migrate", "--postgres", database);
        Assert.True(migrated.Code == 0, migrated.Output + migrated.Errors);
        return migrated.Output;
    }

    private static async Task<string> DigestAsync(string database) =>
        (await Tally.RunAsync("digest", "--postgres", database)).Output;

    private static async Task<long> CountAsync(string database)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT count(*) FROM tallystick.migration");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
