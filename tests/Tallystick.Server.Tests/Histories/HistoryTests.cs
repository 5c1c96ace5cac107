using Tallystick.Server.Tests.Crashes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests.Histories;

/// <summary>
/// Q7: what clients saw while servers were killed and wires cut has one order, account by account.
/// TALLY_HISTORY_OPERATIONS=n has so many of them; TALLY_SEED=n draws the same requests and faults again.
/// </summary>
public sealed class HistoryTests : IDisposable
{
    private const int Operations = 6_000, Faults = 5;

    /// <summary>By then something was under way when something failed, however fast the machine is.</summary>
    private const int OperationsMax = 600_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-history-").FullName;
    private readonly ITestOutputHelper _output;
    private readonly int _seed = CrashCycles.Number("TALLY_SEED") ?? Random.Shared.Next();

    public HistoryTests(ITestOutputHelper output)
    {
        _output = output;
        output.WriteLine($"TALLY_SEED={_seed}");
    }

    [Fact]
    public async Task Clients_of_a_program_that_is_killed_again_and_again_see_one_order_of_each_account_Q7_R2_K1()
    {
        var data = Path.Combine(_folder, "data");
        var server = await TallyServer.StartAsync(data);
        try
        {
            await RunAsync(() => Volatile.Read(ref server).Http, async _ =>
            {
                await server.KillAsync();
                await server.DisposeAsync();
                Volatile.Write(ref server, await TallyServer.StartAsync(data));
            });
        }
        finally
        {
            await server.DisposeAsync();
        }
        await MustVerifyAsync("--data", data);
    }

    [Fact]
    public async Task Clients_of_nodes_whose_wires_and_processes_fail_see_one_order_of_each_account_Q7_R2_K2_P5()
    {
        await using var cluster = await PostgresCluster.StartOwnAsync();
        var database = await cluster.CreateDatabaseAsync();
        await using var first = new FaultProxy(cluster.Port);
        await using var second = new FaultProxy(cluster.Port);
        var wires = new[] { first, second };
        var nodes = new TallyServer[2];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = await StartAsync(i);
        try
        {
            await RunAsync(
                () => Volatile.Read(ref nodes[Random.Shared.Next(nodes.Length)]).Http,
                random => FailAsync(random, random.Next(nodes.Length)));
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
        await MustVerifyAsync("--postgres", database);

        async Task FailAsync(Random random, int i)
        {
            switch (random.Next(5))
            {
                case 0:
                    wires[i].Heal();
                    await nodes[i].KillAsync();
                    await nodes[i].DisposeAsync();
                    Volatile.Write(ref nodes[i], await StartAsync(i));
                    break;
                case 1:
                    wires[i].CutAll();
                    break;
                case 2:
                    wires[i].DelayMs = random.Next(1, 400);
                    await Task.Delay(500);
                    wires[i].Heal();
                    break;
                case 3:
                    wires[i].IsSilent = true;
                    await Task.Delay(random.Next(1, 1_000));
                    wires[i].Heal();
                    break;
                default:
                    wires[i].CutAfter(random.Next(1, 20_000), ofRequests: random.Next(2) == 0);
                    break;
            }
        }

        Task<TallyServer> StartAsync(int i) => TallyServer.StartAsync(
            Path.Combine(_folder, $"node-{i}"), new Dictionary<string, string>
            {
                ["TALLY_POSTGRES"] = database.Replace(
                    $"Port={cluster.Port}", $"Port={wires[i].Port}", StringComparison.Ordinal),
                ["TALLY_PEPPER"] = new('5', 64),
            });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task RunAsync(Func<HttpClient> server, Func<Random, Task> fault)
    {
        var operations = CrashCycles.Number("TALLY_HISTORY_OPERATIONS") ?? Operations;
        var clients = new FaultyClients(server, _seed);
        using var over = new CancellationTokenSource();
        var faults = 0;
        var failing = Task.Run(async () =>
        {
            for (var random = new Random(_seed); !over.IsCancellationRequested; Interlocked.Increment(ref faults))
            {
                await Task.Delay(random.Next(500, 2_500));
                await fault(random);
            }
        });
        try
        {
            for (var round = 0; IsWanting(); round++) await clients.RunAsync(round);
        }
        finally
        {
            await over.CancelAsync();
            await failing;
        }
        Assert.True(clients.Unanswered > 0, "nothing was under way when anything failed");
        _output.WriteLine(
            $"{clients.Operations} operations, {faults} faults, {clients.Unanswered} tries unanswered, one order");

        bool IsWanting() => clients.Operations < operations || (clients.Operations < OperationsMax
            && (Volatile.Read(ref faults) < Faults || clients.Unanswered == 0));
    }

    private static async Task MustVerifyAsync(params string[] store)
    {
        var verified = await Tally.RunAsync(["verify", .. store]);
        Assert.True(verified.Code == 0, verified.Output + verified.Errors);
    }
}
