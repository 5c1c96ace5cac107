using System.Globalization;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>
/// Load on the real program, its end at a random time, and a start on what it left, again and again: nothing that was
/// acknowledged is lost or answered otherwise, nothing is done twice, and the books hold. TALLY_SEED=n draws the same
/// times and requests again.
/// </summary>
internal sealed class CrashCycles : IDisposable
{
    /// <summary>A verify takes as long as the journal is; what a crash leaves unsound stays so.</summary>
    private const int VerifyEvery = 5;

    private readonly ITestOutputHelper _output;
    private readonly Random _random;
    private readonly IntentLog _log;
    private readonly LoadClient _client;
    private readonly string _data;

    /// <param name="folder">Where the client writes down what it means to send: not where the books are.</param>
    /// <param name="data">Where the books are.</param>
    public CrashCycles(string folder, string data, ITestOutputHelper output)
    {
        (_data, _output) = (data, output);
        var seed = Number("TALLY_SEED") ?? Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        _random = new(seed);
        _log = new(Path.Combine(folder, "intents"));
        _client = new(_log, _random);
    }

    /// <summary>Of the server that is to crash; the one that looks at what it left has none of it.</summary>
    public Func<Random, IReadOnlyDictionary<string, string>>? Environment { get; init; }

    /// <summary>The size that somebody asked for.</summary>
    public static int? Number(string variable) =>
        System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;

    /// <param name="crash">Ends the server; when it returns, the books are as a start finds them.</param>
    public async Task RunAsync(int cycles, Func<TallyServer, Task> crash)
    {
        var server = await TallyServer.StartAsync(_data);
        try
        {
            await LoadClient.OpenAccountsAsync(server.Http);
            for (var cycle = 1; cycle <= cycles; cycle++)
            {
                if (Environment is { } faulty)
                {
                    await server.DisposeAsync();
                    server = await TallyServer.StartAsync(_data, faulty(_random));
                }
                var before = _log.Acknowledged.Select(one => one.Intent.Key).ToHashSet();
                var load = _client.RunAsync(server.Http);
                await Task.Delay(_random.Next(100, 800), TestContext.Current.CancellationToken);
                await crash(server);
                await load;
                await server.DisposeAsync();
                server = await TallyServer.StartAsync(_data);
                var (fresh, open) = (
                    _log.Acknowledged.Where(one => !before.Contains(one.Intent.Key)).ToList(),
                    _log.Unanswered.ToList());
                _output.WriteLine(
                    $"cycle {cycle}: {fresh.Count} acknowledged, {open.Count} open, "
                    + $"up again in {server.StartTime.TotalMilliseconds:F0} ms");
                await SettleAsync(server, open);
                await ReplayAsync(server, fresh);
                if (cycle % VerifyEvery == 0 || cycle == cycles) await VerifyAsync();
            }
            await ReplayAsync(server, _log.Acknowledged.ToList());
        }
        finally
        {
            await server.DisposeAsync();
        }
        CheckJournal();
    }

    public void Dispose() => _log.Dispose();

    /// <summary>What had no answer comes to exactly one effect, whether the first try had it or this one has.</summary>
    private async Task SettleAsync(TallyServer server, List<Intent> open)
    {
        foreach (var intent in open)
        {
            var answer = await LoadClient.SendAsync(server.Http, intent);
            Assert.NotNull(answer);
            if (!answer.IsDone) Assert.InRange(answer.Status, 400, 499);
            else _log.Note(intent, answer);
        }
    }

    private static async Task ReplayAsync(TallyServer server, List<(Intent Intent, Answer Answer)> acknowledged)
    {
        foreach (var part in acknowledged.Chunk(16))
        {
            var replays = await Task.WhenAll(part.Select(one => LoadClient.SendAsync(server.Http, one.Intent)));
            foreach (var (one, replay) in part.Zip(replays))
                Assert.Equal(one.Answer with { IsReplayed = true }, replay);
        }
    }

    private async Task VerifyAsync()
    {
        var verified = await Tally.RunAsync("verify", "--data", _data);
        Assert.True(verified.Code == 0, verified.Output + verified.Errors);
    }

    /// <summary>Acknowledged ⊆ journal ⊆ acknowledged or intended, and no key twice.</summary>
    private void CheckJournal()
    {
        using var audit = SqliteAudit.Open(_data);
        var keys = audit.ReadJournal(ChainRange.All).Select(row => EntryCodec.Decode(row.Bytes).Origin?.Key)
            .OfType<string>().Where(key => key.StartsWith("key-", StringComparison.Ordinal)).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Empty(_log.Acknowledged.Select(one => one.Intent.Key).Except(keys));
        Assert.Empty(keys.Except(_log.Intents.Select(intent => intent.Key)));
        Assert.NotEmpty(keys);
        _output.WriteLine($"{_log.Intents.Count} sent, {_log.Acknowledged.Count()} acknowledged, 0 lost, 0 doubled");
    }
}
