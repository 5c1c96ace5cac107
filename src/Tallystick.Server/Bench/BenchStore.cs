using System.Globalization;
using Tallystick.Server.Replay;

namespace Tallystick.Server.Bench;

/// <summary>A server of the bench's own with accounts and a past.</summary>
internal sealed class BenchStore(OwnServer server, int accounts) : IAsyncDisposable
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DrainPause = TimeSpan.FromMilliseconds(300);
    private readonly HttpClient _http = new();

    public OwnServer Server => server;
    public int Accounts => accounts;
    public ChargeLoad Uniform { get; } = new(server.Process, server.Key, accounts);
    public ChargeLoad Hot { get; } = new(server.Process, server.Key, 1);
    public BatchLoad Batches { get; } = new(server.Process, server.Key);

    /// <summary>Single charges and batches of them so far.</summary>
    public long Charges { get; private set; }

    /// <summary>Bytes of the store's file and its log.</summary>
    public long Bytes => Directory.EnumerateFiles(server.Folder, "tally.db*").Sum(file => new FileInfo(file).Length);

    public static async Task<BenchStore> OpenAsync(int accounts, long entries, CancellationToken cancel)
    {
        var store = new BenchStore(await OwnServer.StartAsync(null, cancel), accounts);
        using var ledger = new LedgerClient(() => store.Server.Address, store.Server.Key, 64, TimeProvider.System);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, accounts),
            new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancel },
            async (number, token) =>
                await ledger.SendAsync(LedgerCalls.Account(ChargeScript.AccountId(number)), token));
        await store.Batches.GrantAsync(accounts, cancel);
        if (entries > 2 * accounts)
            await store.Batches.ChargeAsync(accounts, entries - 2 * accounts, TimeSpan.MaxValue, cancel);
        await store.DrainAsync(cancel);
        return store;
    }

    /// <summary>Waits until the server has written what trailed: until it has nothing to do.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; waited < DrainMax; waited += DrainPause)
        {
            var before = server.Process.CpuTime;
            await Task.Delay(DrainPause, cancel);
            if (server.Process.CpuTime - before < DrainPause / 20) return;
        }
        throw new BenchException("The store does not catch up.");
    }

    /// <summary>A figure of the server's own metrics.</summary>
    public async Task<double> MetricAsync(string name, CancellationToken cancel)
    {
        var text = await _http.GetStringAsync(new Uri(server.Address, "/metrics"), cancel);
        var line = text.Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public LoadResult Count(LoadResult result)
    {
        Charges += result.Operations;
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await server.DisposeAsync();
    }
}
