using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>Q19: a backup under load, restored, verified and served. TALLY_RESTORES=n does it n times.</summary>
public sealed class RestoreTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>A hold or charge that the copy does not know cannot be ended or refunded.</summary>
    private static readonly int[] DoneOrUnknown = [200, 201, 404];

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-restore-").FullName;

    [Fact]
    public async Task A_backup_under_load_has_all_that_was_acknowledged_when_it_began_and_is_served_S8_Q14_Q19()
    {
        for (var drill = 0; drill < (CrashCycles.Number("TALLY_RESTORES") ?? 1); drill++)
            await DrillAsync(Directory.CreateDirectory(Path.Combine(_folder, $"{drill}")).FullName);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task DrillAsync(string folder)
    {
        var (data, restored) = (Path.Combine(folder, "data"), Path.Combine(folder, "restored"));
        using var log = new IntentLog(Path.Combine(folder, "intents"));
        var client = new LoadClient(log, new(1));
        List<(Intent Intent, Answer Answer)> before;
        await using (var server = await TallyServer.StartAsync(data))
        {
            await LoadClient.OpenAccountsAsync(server.Http);
            var load = client.RunAsync(server.Http);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            before = log.Acknowledged.ToList();
            // Verified by the command itself.
            var backup = await Tally.RunAsync("backup", restored, "--data", data);
            Assert.True(backup.Code == 0, backup.Output + backup.Errors);
            await Task.Delay(200, TestContext.Current.CancellationToken);
            await server.KillAsync();
            await load;
        }
        File.Copy(Path.Combine(data, "tally.pepper"), Path.Combine(restored, "tally.pepper"));
        var entries = MustBeAPrefix(restored, data);
        await using (var again = await TallyServer.StartAsync(restored))
        {
            // What the copy has is answered as it was; what came after it is done anew, once.
            foreach (var (intent, answer) in before)
                Assert.Equal(answer with { IsReplayed = true }, await LoadClient.SendAsync(again.Http, intent));
            foreach (var (intent, _) in log.Acknowledged.Except(before).Take(50))
                Assert.Contains((await LoadClient.SendAsync(again.Http, intent))!.Status, DoneOrUnknown);
            Assert.Equal(0, (await Tally.RunAsync("verify", "--data", restored)).Code);
        }
        output.WriteLine($"{before.Count} acknowledged before the backup, {entries} entries restored, 0 lost");
    }

    /// <summary>Each chain of the copy is the beginning of what the store has.</summary>
    private static int MustBeAPrefix(string copy, string whole)
    {
        using var part = SqliteAudit.Open(copy);
        using var all = SqliteAudit.Open(whole);
        var rows = all.ReadJournal(ChainRange.All).ToDictionary(row => (row.Chain, row.Sequence), row => row.Hash);
        var restored = part.ReadJournal(ChainRange.All).ToList();
        foreach (var chain in restored.GroupBy(row => row.Chain))
            Assert.Equal(
                Enumerable.Range(1, chain.Count()).Select(sequence => rows[(chain.Key, (long)sequence)]),
                chain.Select(row => row.Hash));
        return restored.Count;
    }
}
