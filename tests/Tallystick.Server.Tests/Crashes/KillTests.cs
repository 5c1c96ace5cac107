using System.Globalization;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>
/// K1: the real program, killed at random times under load. TALLY_SEED=n draws the same again; TALLY_KILLS=n kills more
/// often.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-kill-").FullName;

    [Fact]
    public async Task Ten_kills_under_load_lose_nothing_double_nothing_and_the_books_hold_K1_I6_I8_I10_I11()
    {
        var seed = Number("TALLY_SEED") ?? Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var random = new Random(seed);
        var data = Path.Combine(_folder, "data");
        using var log = new IntentLog(Path.Combine(_folder, "intents"));
        var client = new LoadClient(log, random);
        await OpenAccountsAsync(data);
        for (var cycle = 1; cycle <= (Number("TALLY_KILLS") ?? 10); cycle++)
        {
            var before = log.Acknowledged.Count();
            await using (var server = await TallyServer.StartAsync(data))
            {
                var load = client.RunAsync(server.Http);
                await Task.Delay(random.Next(200, 1_200), TestContext.Current.CancellationToken);
                await server.KillAsync();
                await load;
            }
            await using var again = await TallyServer.StartAsync(data);
            var (acknowledged, open) = (log.Acknowledged.ToList(), log.Unanswered.ToList());
            output.WriteLine(
                $"cycle {cycle}: {acknowledged.Count - before} acknowledged, {open.Count} open, "
                + $"up again in {again.StartTime.TotalMilliseconds:F0} ms");
            await SettleAsync(again, log, open);
            await ReplayAsync(again, acknowledged);
            var verified = await Tally.RunAsync("verify", "--data", data);
            Assert.True(verified.Code == 0, verified.Output + verified.Errors);
        }
        CheckJournal(data, log);
    }

    private static async Task OpenAccountsAsync(string data)
    {
        await using var server = await TallyServer.StartAsync(data);
        for (var i = 0; i < LoadClient.Accounts; i++)
        {
            var account = $"/api/v1/accounts/{LoadClient.Account(i)}";
            var made = await server.Http.PutAsync(account, new StringContent("{}", null, "application/json"));
            made.EnsureSuccessStatusCode();
            var grant = new Intent($"grant-{i}", $"{account}/grants", """{"amount":1000000}""");
            Assert.Equal(201, (await LoadClient.SendAsync(server.Http, grant))!.Status);
        }
    }

    /// <summary>What had no answer comes to exactly one effect, whether the first try had it or this one has.</summary>
    private static async Task SettleAsync(TallyServer server, IntentLog log, List<Intent> open)
    {
        foreach (var intent in open)
        {
            var answer = await LoadClient.SendAsync(server.Http, intent);
            Assert.NotNull(answer);
            if (!answer.IsDone) Assert.InRange(answer.Status, 400, 499);
            else log.Note(intent, answer);
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

    /// <summary>Acknowledged ⊆ journal ⊆ acknowledged or intended, and no key twice.</summary>
    private static void CheckJournal(string data, IntentLog log)
    {
        using var audit = SqliteAudit.Open(data);
        var keys = audit.ReadJournal(ChainRange.All).Select(row => EntryCodec.Decode(row.Bytes).Origin?.Key)
            .OfType<string>().Where(key => key.StartsWith("key-", StringComparison.Ordinal)).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Empty(log.Acknowledged.Select(one => one.Intent.Key).Except(keys));
        Assert.Empty(keys.Except(log.Intents.Select(intent => intent.Key)));
        Assert.NotEmpty(keys);
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
