using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Tallystick.Server.Bench;

/// <summary>
/// What a product writes by hand: a PL/pgSQL <c>deduct_credits</c> with a row lock, a look-up of the key, an update of
/// two buckets and a ledger insert, driven by PostgreSQL's own pgbench, without HTTP. In a schema of its own, which is
/// dropped at the end.
/// </summary>
internal sealed partial class HandWritten(string connection, int accounts) : IAsyncDisposable
{
    private const string Schema = "tally_bench_by_hand";
    private const string Create = $"""
        CREATE SCHEMA {Schema};
        SET search_path = {Schema};
        CREATE TABLE credit_accounts (
            user_id integer PRIMARY KEY, monthly bigint NOT NULL, purchased bigint NOT NULL,
            updated_at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE credit_ledger (
            id bigserial PRIMARY KEY, user_id integer NOT NULL REFERENCES credit_accounts, amount bigint NOT NULL,
            balance_after bigint NOT NULL, idempotency_key text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (user_id, idempotency_key));
        CREATE FUNCTION deduct_credits(who integer, cost bigint, key text) RETURNS bigint LANGUAGE plpgsql AS $body$
        DECLARE
            account {Schema}.credit_accounts%ROWTYPE;
            known bigint;
            from_monthly bigint;
            after bigint;
        BEGIN
            SELECT * INTO account FROM {Schema}.credit_accounts WHERE user_id = who FOR UPDATE;
            SELECT balance_after INTO known FROM {Schema}.credit_ledger
            WHERE user_id = who AND idempotency_key = key;
            IF FOUND THEN RETURN known; END IF;
            IF account.monthly + account.purchased < cost THEN RAISE EXCEPTION 'insufficient_credits'; END IF;
            from_monthly := LEAST(account.monthly, cost);
            UPDATE {Schema}.credit_accounts SET monthly = monthly - from_monthly,
                purchased = purchased - (cost - from_monthly), updated_at = now() WHERE user_id = who
            RETURNING monthly + purchased INTO after;
            INSERT INTO {Schema}.credit_ledger (user_id, amount, balance_after, idempotency_key)
            VALUES (who, -cost, after, key);
            RETURN after;
        END $body$;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-pgbench-").FullName;
    private readonly string _program = FindProgram();

    public async Task CreateAsync(CancellationToken cancel)
    {
        await ExecuteAsync(Create, cancel);
        var rows = accounts.ToString(CultureInfo.InvariantCulture);
        await ExecuteAsync(
            $"INSERT INTO {Schema}.credit_accounts SELECT n, 1000000, 1000000000 FROM generate_series(1, {rows}) n;"
            + $"ANALYZE {Schema}.credit_accounts", cancel);
    }

    /// <param name="account">In pgbench's words: <c>random(1, 10000)</c>, say.</param>
    public async Task<LoadResult> RunAsync(
        string account, int clients, TimeSpan duration, CancellationToken cancel)
    {
        var script = Path.Combine(_folder, "script.sql");
        await File.WriteAllTextAsync(
            script,
            $"\\set who {account}\n"
            + $"SELECT {Schema}.deduct_credits(:who, 1, gen_random_uuid()::text);\n", cancel);
        var seconds = Math.Max(1, (int)duration.TotalSeconds);
        var said = await RunProgramAsync(
            ["-n", "-M", "prepared", "-j", "2", "-c", Words(clients), "-T", Words(seconds), "-f", script], cancel);
        if (PerSecond().Match(said) is not { Success: true } match)
            throw new BenchException($"pgbench said {said}");
        var rate = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return new((long)(rate * seconds), TimeSpan.FromSeconds(seconds), new(), TimeSpan.Zero, TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE", CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<string> RunProgramAsync(IEnumerable<string> arguments, CancellationToken cancel)
    {
        var server = new NpgsqlConnectionStringBuilder(connection);
        var start = new ProcessStartInfo(_program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = server.Host, ["PGPORT"] = Words(server.Port), ["PGUSER"] = server.Username,
                ["PGPASSWORD"] = server.Password, ["PGDATABASE"] = server.Database,
            },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0 ? await output : throw new BenchException($"pgbench: {await error}");
    }

    /// <summary>On the path, or where Debian's packages put it.</summary>
    private static string FindProgram()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin"))
            : [];
        return folders.Concat(debian).Select(folder => Path.Combine(folder, "pgbench")).FirstOrDefault(File.Exists)
            ?? throw new BenchException("pgbench is not there: install PostgreSQL's programs (Debian: postgresql).");
    }

    private static string Words(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex PerSecond();
}
