using System.Globalization;
using Npgsql;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Ports;
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
    private static readonly TimeSpan TwoNodesMax = TimeSpan.FromSeconds(30);
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
            await BenchAccounts.OpenAsync(first, _key, accounts, cancel);
            await SingleAsync(byHand, first, cancel);
            await HotAsync(byHand, first, cancel);
            await BatchesAsync(byHand, first, cancel);
            await using var second = await StartAsync(cancel);
            await TwoAsync($"Two nodes, {accounts:N0} accounts", accounts, first, second, cancel);
            await TwoAsync($"Two nodes, one account", 1, first, second, cancel);
        }
        return VerifyCommand.Run(PostgresAudit.Open(new() { Connection = connection }), new()) == ExitCode.Ok;
    }

    private async Task SingleAsync(HandWritten byHand, ServerProcess node, CancellationToken cancel)
    {
        var charges = new ChargeLoad(node, _key, accounts);
        var anyone = string.Create(CultureInfo.InvariantCulture, $"random(1, {accounts})");
        var log = new LogBytes(connection);
        Scenario[] scenarios =
        [
            new("by hand, 8 clients", (time, stop) => byHand.RunAsync(anyone, FewOfHand, time, stop)),
            new("by hand, 64 clients", (time, stop) => byHand.RunAsync(anyone, Few, time, stop)),
            new("by hand, 64 clients, Zipf", (time, stop) => byHand.RunAsync(
                anyone.Replace("random", "random_zipfian", StringComparison.Ordinal)
                    .Replace(")", ", 1.1)", StringComparison.Ordinal), Few, time, stop)),
            new("charges, 64 connections", (time, stop) => LoggedAsync(Few, time, stop)),
            new("charges, 256 connections", (time, stop) => LoggedAsync(Many, time, stop)),
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        ShowBesideHand($"{accounts:N0} accounts", scenarios, byHand: 2);
        Say("Bytes of write-ahead log", $"{log.PerOperation:N0} a charge");
        if (log.PerOperationApartFromImages is { } bytes)
            Say("Bytes of write-ahead log apart from images of whole pages", $"{bytes:N0} a charge");

        Task<LoadResult> LoggedAsync(int connections, TimeSpan time, CancellationToken stop) => log.CountAsync(
            () => Drain.AfterAsync(charges.RunAsync(connections, time, stop), [node], stop), stop);
    }

    private async Task HotAsync(HandWritten byHand, ServerProcess node, CancellationToken cancel)
    {
        var charges = new ChargeLoad(node, _key, 1);
        Scenario[] scenarios =
        [
            new("by hand, 8 clients", (time, stop) => byHand.RunAsync("1", FewOfHand, time, stop)),
            new("by hand, 64 clients", (time, stop) => byHand.RunAsync("1", Few, time, stop)),
            new("charges, 64 connections", (time, stop) =>
                Drain.AfterAsync(charges.RunAsync(Few, time, stop), [node], stop)),
            new("charges, 256 connections", (time, stop) =>
                Drain.AfterAsync(charges.RunAsync(Many, time, stop), [node], stop)),
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        ShowBesideHand($"One account", scenarios, byHand: 2);
    }

    /// <summary>
    /// As many connections to one of them and to both. Of many accounts each finds half changed by the other.
    /// </summary>
    private async Task TwoAsync(
        FormattableString title, int among, ServerProcess first, ServerProcess second, CancellationToken cancel)
    {
        ServerProcess[] nodes = [first, second];
        var (one, other) = (new ChargeLoad(first, _key, among), new ChargeLoad(second, _key, among));
        Scenario[] scenarios =
        [
            .. from connections in (int[])[Few, Many]
               from scenario in (Scenario[])
               [
                   new($"one node, {connections} connections", (time, stop) =>
                       Drain.AfterAsync(one.RunAsync(connections, time, stop), nodes, stop)),
                   new($"two nodes, {connections} connections", (time, stop) =>
                       Drain.AfterAsync(BothAsync(one, other, connections, time, stop), nodes, stop)),
               ]
               select scenario,
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration < TwoNodesMax ? duration : TwoNodesMax, cancel);
        Show(title, "of one node", scenarios, i => scenarios[i & ~1].PerSecond.Median);
    }

    private async Task BatchesAsync(HandWritten byHand, ServerProcess first, CancellationToken cancel)
    {
        var batches = new BatchLoad(first, _key, accounts);
        var anyone = string.Create(CultureInfo.InvariantCulture, $"random(1, {accounts})");
        Scenario[] scenarios =
        [
            new("by hand, 8 clients", (time, stop) => byHand.RunAsync(anyone, FewOfHand, time, stop)),
            new("by hand, 64 clients", (time, stop) => byHand.RunAsync(anyone, Few, time, stop)),
            new("charges, 1,000 a request", (time, stop) =>
                Drain.AfterAsync(batches.ChargeAsync(long.MaxValue, time, stop), [first], stop)),
        ];
        await Scenario.TakeTurnsAsync(scenarios, duration, cancel);
        ShowBesideHand($"Batches, 8 connections", scenarios, byHand: 2);
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

    /// <param name="byHand">The first of them, against the better of which all are held.</param>
    private void ShowBesideHand(FormattableString title, Scenario[] scenarios, int byHand)
    {
        var best = scenarios.Take(byHand).Max(scenario => scenario.PerSecond.Median);
        Show(title, "of the best by hand", scenarios, _ => best);
    }

    private void Show(FormattableString title, string ratio, Scenario[] scenarios, Func<int, double> baseOf)
    {
        var table = new TextTable(
            title.ToString(CultureInfo.InvariantCulture), "per second", ratio, "median", "99 %", "server µs");
        for (var i = 0; i < scenarios.Length; i++)
        {
            var scenario = scenarios[i];
            var isOurs = scenario.Latency.Count > 0;
            table.Add(
                scenario.Name, scenario.PerSecond.Text("N0"),
                (scenario.PerSecond.Median / baseOf(i)).ToString("0.00", CultureInfo.InvariantCulture),
                isOurs ? Words(scenario.Latency.Permille(500)) : "",
                isOurs ? Words(scenario.Latency.Permille(990)) : "",
                isOurs ? scenario.ServerMicroseconds.Text("0.0") : "");
        }
        _output.WriteLine(table);
    }

    private Task<ServerProcess> StartAsync(CancellationToken cancel) => ServerProcess.StartAsync(
        ["serve", "--urls", "http://127.0.0.1:0"],
        new Dictionary<string, string?>
        {
            ["TALLY_ADMIN_KEY"] = _key, ["TALLY_PEPPER"] = _pepper, ["TALLY_POSTGRES"] = connection,
        }, cancel);

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
            throw new StoreUnavailableException($"The database cannot be reached: {fault.Message}");
        }
        throw new UsageException("The database is not empty; the bench takes one of its own.");
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
