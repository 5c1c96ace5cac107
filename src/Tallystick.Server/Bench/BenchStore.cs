using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tallystick.Server.Replay;

namespace Tallystick.Server.Bench;

/// <summary>A server of the bench's own with accounts and a past.</summary>
internal sealed class BenchStore(OwnServer server, int accounts) : IAsyncDisposable
{
    private const int Connections = 64;
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private readonly HttpClient _http = new();

    public OwnServer Server => server;
    public int Accounts => accounts;
    public ChargeLoad Uniform { get; } = new(server.Process, server.Key, accounts);
    public ChargeLoad Hot { get; } = new(server.Process, server.Key, 1);
    public BatchLoad Batches { get; } = new(server.Process, server.Key, accounts);

    /// <summary>Single charges and batches of them so far.</summary>
    public long Charges { get; private set; }

    /// <summary>Bytes of the store's file and its log.</summary>
    public long Bytes => Directory.EnumerateFiles(server.Folder, "tally.db*").Sum(file => new FileInfo(file).Length);

    public static async Task<BenchStore> OpenAsync(int accounts, long entries, CancellationToken cancel)
    {
        var store = new BenchStore(await OwnServer.StartAsync(null, cancel), accounts);
        await BenchAccounts.OpenAsync(store.Server.Process, store.Server.Key, accounts, cancel);
        if (entries > 2 * accounts)
            await store.Batches.ChargeAsync(entries - 2 * accounts, TimeSpan.MaxValue, cancel);
        await store.DrainAsync(cancel);
        return store;
    }

    /// <summary>Waits until the server has written what trailed: until it has nothing to do.</summary>
    public Task DrainAsync(CancellationToken cancel) => Drain.WaitAsync([server.Process], cancel);

    /// <summary>Charges with what they left to write.</summary>
    public async Task<LoadResult> DrainedAsync(Task<LoadResult> load, CancellationToken cancel) =>
        Count(await Drain.AfterAsync(load, [server.Process], cancel));

    /// <summary>SIGKILL in the middle of charges, and a start on what is left.</summary>
    public async Task KillUnderLoadAsync(TimeSpan duration, CancellationToken cancel)
    {
        var load = Hot.RunAsync(Connections, duration * 2, cancel);
        await Task.Delay(duration, cancel);
        await server.KillAndStartAsync(cancel);
        // Its connections are cut: what was under way is not counted.
        await load.ContinueWith(_ => { }, cancel, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>How long the balance of an account takes, now or at an instant.</summary>
    public async Task<TimeSpan> BalanceAsync(int number, DateTimeOffset? at, CancellationToken cancel)
    {
        var query = at is null ? "" : $"?at={at.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", Invariant)}";
        var path = $"/api/v1/accounts/{ChargeScript.AccountId(number)}/balance{query}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path));
        request.Headers.Authorization = new("Bearer", server.Key);
        var since = Stopwatch.GetTimestamp();
        using var answer = await _http.SendAsync(request, cancel);
        var took = Stopwatch.GetElapsedTime(since);
        // Before it was opened an account was not there.
        if (answer.IsSuccessStatusCode || (at is not null && answer.StatusCode == HttpStatusCode.NotFound)) return took;
        throw new BenchException($"A balance was answered {await answer.Content.ReadAsStringAsync(cancel)}");
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
