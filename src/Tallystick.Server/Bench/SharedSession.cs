using System.Globalization;
using Npgsql;
using Tallystick.Engine.Identity;
using Tallystick.Server.Commands;
using Tallystick.Server.Measuring;
using Tallystick.Store.Postgres;

namespace Tallystick.Server.Bench;

/// <summary>
/// The shared store beside what a product writes by hand, on the same PostgreSQL, in turns of short rounds: one node,
/// two nodes, one hot account. The books are verified at the end.
/// </summary>
/// <param name="connection">Of an empty database.</param>
internal sealed class SharedSession(string connection, TimeSpan duration, int accounts)
{
    private const int Few = 64, Many = 256, FewOfHand = 8;
    private readonly string _key = SecretForm.NewKey(KeyRing.DefaultProject, isTest: false);
    private readonly string _pepper = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator
        .GetBytes(32));
    private readonly TextWriter _output = Console.Out;

    /// <summary>True if the books hold.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await RequireEmptyAsync(cancel);
        await using (var byHand = new HandWritten(connection, accounts))
        {
            await byHand.CreateAsync(cancel);
            await using var first = await StartAsync(cancel);
            await using var second = await StartAsync(cancel);
            await BenchAccounts.OpenAsync(first, _key, accounts, cancel);
            await SingleAsync(byHand, first, second, cancel);
            await HotAsync(byHand, first, second, cancel);
            await BatchesAsync(byHand, first, cancel);
        }
        return VerifyCommand.Run(PostgresAudit.Open(new() { Connection = connection }), new()) == ExitCode.Ok;
    }

    private async Task SingleAsync(
        HandWritten byHand, ServerProcess first, ServerProcess second, CancellationToken cancel)
    {
        ServerProcess[] nodes = [first, second];
        var (one, other) = (new ChargeLoad(first, _key, accounts), new ChargeLoad(second, _key, accounts));
        var anyone = string.Create(CultureInfo.InvariantCulture, $"random(1, {accounts})");
        var (log, charges) = (0L, 0L);
        Scenario[] scenarios =
        [
            new("by hand, 8 clients", (time, stop) => byHand.RunAsync(anyone, FewOfHand, time, stop)),
            new("by hand, 64 clients", (time, stop) => byHand.RunAsync(anyone, Few, time, stop)),
            new("by hand, 64 clients, Zipf", (time, stop) => byHand.RunAsync(
                anyone.Replace("random", "random_zipfian", StringComparison.Ordinal)
                    .Replace(")", ", 1.1)", StringComparison.Ordinal), Few, time, stop)),
            new("charges, 64 connections", (time, stop) => LoggedAsync(
                Drain.AfterAsync(one.RunAsync(Few, time, stop), nodes, stop), stop)),
            new("charges, 256 connections", (time, stop) => LoggedAsync(
                Drain.AfterAsync(one.RunAsync(Many, time, stop), nodes, stop), stop)),
            new("two nodes, 64 connections", (time, stop) =>
                Drain.AfterAsync(BothAsync(one, other, Few, time, stop), nodes, stop)),
            new("two nodes, 256 connections", (time, stop) =>
                Drain.AfterAsync(BothAsync(one, other, Many, time, stop), nodes, stop)),
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        Show($"{accounts:N0} accounts", scenarios, scenarios.Take(2));
        Say("Bytes of write-ahead log", $"{log / (double)charges:N0} a charge of one node");

        async Task<LoadResult> LoggedAsync(Task<LoadResult> load, CancellationToken stop)
        {
            var before = await LogPositionAsync(stop);
            var result = await load;
            log += await LogPositionAsync(stop) - before;
            charges += result.Operations;
            return result;
        }
    }

    private async Task HotAsync(HandWritten byHand, ServerProcess first, ServerProcess second, CancellationToken cancel)
    {
        ServerProcess[] nodes = [first, second];
        var (one, other) = (new ChargeLoad(first, _key, 1), new ChargeLoad(second, _key, 1));
        Scenario[] scenarios =
        [
            new("by hand, 8 clients", (time, stop) => byHand.RunAsync("1", FewOfHand, time, stop)),
            new("by hand, 64 clients", (time, stop) => byHand.RunAsync("1", Few, time, stop)),
            new("charges, 64 connections", (time, stop) =>
                Drain.AfterAsync(one.RunAsync(Few, time, stop), nodes, stop)),
            new("charges, 256 connections", (time, stop) =>
                Drain.AfterAsync(one.RunAsync(Many, time, stop), nodes, stop)),
            new("two nodes, 64 connections", (time, stop) =>
                Drain.AfterAsync(BothAsync(one, other, Few, time, stop), nodes, stop)),
            new("two nodes, 256 connections", (time, stop) =>
                Drain.AfterAsync(BothAsync(one, other, Many, time, stop), nodes, stop)),
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        Show($"One account", scenarios, scenarios.Take(2));
    }

    private async Task BatchesAsync(HandWritten byHand, ServerProcess first, CancellationToken cancel)
    {
        var batches = new BatchLoad(first, _key, accounts);
        var anyone = string.Create(CultureInfo.InvariantCulture, $"random(1, {accounts})");
        Scenario[] scenarios =
        [
            new("by hand, 64 clients", (time, stop) => byHand.RunAsync(anyone, Few, time, stop)),
            new("charges, 1,000 a request", (time, stop) =>
                Drain.AfterAsync(batches.ChargeAsync(long.MaxValue, time, stop), [first], stop)),
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        Show($"Batches, 8 connections", scenarios, scenarios.Take(1));
    }

    /// <summary>Half of the connections to each node.</summary>
    private static async Task<LoadResult> BothAsync(
        ChargeLoad one, ChargeLoad other, int connections, TimeSpan time, CancellationToken cancel)
    {
        var halves = await Task.WhenAll(
            one.RunAsync(connections / 2, time, cancel), other.RunAsync(connections / 2, time, cancel));
        halves[0].Latency.Add(halves[1].Latency);
        // The load's own processor time is the process's: either half has counted all of it.
        return halves[0] with
        {
            Operations = halves[0].Operations + halves[1].Operations,
            ServerCpu = halves[0].ServerCpu + halves[1].ServerCpu,
        };
    }

    private void Show(FormattableString title, Scenario[] scenarios, IEnumerable<Scenario> byHand)
    {
        var best = byHand.Max(scenario => scenario.PerSecond.Median);
        var table = new TextTable(
            title.ToString(CultureInfo.InvariantCulture), "per second", "of the best by hand", "median", "99 %",
            "server µs");
        foreach (var scenario in scenarios)
        {
            var isOurs = scenario.Latency.Count > 0;
            table.Add(
                scenario.Name, scenario.PerSecond.Text("N0"),
                (scenario.PerSecond.Median / best).ToString("0.00", CultureInfo.InvariantCulture),
                isOurs ? Words(scenario.Latency.Permille(500)) : "",
                isOurs ? Words(scenario.Latency.Permille(990)) : "",
                isOurs ? scenario.ServerMicroseconds.Text("0.0") : "");
        }
        _output.WriteLine(table);
    }

    private Task<ServerProcess> StartAsync(CancellationToken cancel) => ServerProcess.StartAsync(
        ["serve", "--urls", "http://127.0.0.1:0", "--postgres", connection],
        new Dictionary<string, string?> { ["TALLY_ADMIN_KEY"] = _key, ["TALLY_PEPPER"] = _pepper }, cancel);

    /// <summary>Full-page images, which follow a checkpoint, are counted too.</summary>
    private async Task<long> LogPositionAsync(CancellationToken cancel) =>
        await AskAsync("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint", cancel);

    private async Task RequireEmptyAsync(CancellationToken cancel)
    {
        const string Tables =
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
        try
        {
            if (await AskAsync(Tables, cancel) == 0) return;
        }
        catch (NpgsqlException fault)
        {
            throw new BenchException($"The database cannot be reached: {fault.Message}");
        }
        throw new BenchException("The database is not empty; the bench takes one of its own.");
    }

    private async Task<long> AskAsync(string sql, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private void Say(string what, FormattableString said) =>
        _output.WriteLine($"{what}: {said.ToString(CultureInfo.InvariantCulture)}");

    private static string Words(TimeSpan time) => time.TotalMilliseconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} µs");
}
