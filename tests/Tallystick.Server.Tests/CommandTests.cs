using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Tallystick.Server.Tests.Crashes;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>The commands as somebody meets them: what they print, and what they end with.</summary>
public sealed class CommandTests(SampleFixture sample)
{
    private static readonly string[] Commands =
    [
        "serve", "verify", "digest", "export", "explain", "backup", "migrate", "import postgres", "replay", "simulate",
    ];

    [Fact]
    public async Task Help_lists_every_command_in_a_line_and_the_exit_codes()
    {
        var help = await Tally.RunAsync("--help");

        Assert.Equal(0, help.Code);
        foreach (var command in Commands)
            Assert.Contains(help.Output.Split('\n'), line => line.Trim().StartsWith(
                command.Split(' ')[0], StringComparison.Ordinal));
        Assert.Contains("1 the books do not hold", help.Output);
        foreach (var command in Commands)
        {
            var own = await Tally.RunAsync([.. command.Split(' '), "--help"]);
            Assert.Equal(0, own.Code);
            Assert.Contains("--data", own.Output);
        }
    }

    [Theory]
    [InlineData(2, "verify", "--every")]
    [InlineData(2, "undo")]
    [InlineData(2, "explain")]
    [InlineData(3, "verify", "--data", "/nowhere/at/all")]
    [InlineData(3, "digest", "--data", "/nowhere/at/all")]
    [InlineData(3, "export", "--data", "/nowhere/at/all")]
    [InlineData(3, "backup", "--data", "/nowhere/at/all", "/tmp/tally-never-made")]
    public async Task What_cannot_be_done_says_why_on_the_standard_error(int code, params string[] arguments)
    {
        var result = await Tally.RunAsync(arguments);

        Assert.Equal(code, result.Code);
        Assert.NotEmpty(result.Errors);
        Assert.DoesNotContain("   at ", result.Errors); // no stack
    }

    [Fact]
    public async Task Verify_and_digest_agree_and_verify_names_what_is_wrong_first_and_all_of_it_on_demand()
    {
        var verified = await Tally.RunAsync("verify", "--data", sample.Folder.Path);
        var digest = await Tally.RunAsync("digest", "--data", sample.Folder.Path);
        Assert.Equal(0, verified.Code);
        Assert.StartsWith("The books hold: ", verified.Output);
        Assert.Equal(verified.Output.Trim().Split(' ')[^1], digest.Output.Trim());

        using var changed = sample.Folder.Copy();
        changed.Execute("UPDATE journal SET hash = zeroblob(32) WHERE sequence = 5");
        var first = await Tally.RunAsync("verify", "--data", changed.Path);
        var all = await Tally.RunAsync("verify", "--data", changed.Path, "--all");

        Assert.Equal((1, 1), (first.Code, all.Code));
        Assert.Equal(
            "project 1, entry 5: I13: its hash is not that of its bytes and the hash before\nThe books do not hold.\n",
            first.Output);
        foreach (var account in new[] { SampleBooks.Acme, SampleBooks.Beta, SampleBooks.Gamma })
            Assert.Contains($"project 1, account {account}, entry 5: I13", all.Output);
        Assert.Equal(1, (await Tally.RunAsync("digest", "--data", changed.Path)).Code);
    }

    [Fact]
    public async Task Explain_takes_the_id_of_anything_and_tells_who_what_and_why()
    {
        var chain = ChainKey.OfAccount(BookWriter.Project, SampleBooks.Acme);
        var charge = Entry(entry => entry.Chain == chain && entry.Origin?.Key == "c1");
        var id = ThingId.Format(ThingId.Charge, chain, charge.Number);

        var explained = await Tally.RunAsync("explain", id, "--data", sample.Folder.Path);

        Assert.True(explained.Code == 0, explained.Errors);
        Assert.Contains(ThingId.Format(ThingId.Transaction, chain, charge.Number), explained.Output);
        Assert.Contains("idempotency key  c1", explained.Output);
        Assert.Contains("30.000000 was charged.", explained.Output);
        Assert.Contains("priority 50 before 100", explained.Output);
        Assert.Contains("it becomes spendable at", explained.Output);

        var never = ThingId.Format(ThingId.Charge, chain, new(1_000_000, 0));
        Assert.Equal(4, (await Tally.RunAsync("explain", never, "--data", sample.Folder.Path)).Code);
        Assert.Equal(2, (await Tally.RunAsync("explain", id[..^1] + "!", "--data", sample.Folder.Path)).Code);
    }

    [Fact]
    public void Every_entry_of_every_account_is_explained_from_the_journal_alone()
    {
        using var audit = sample.Folder.Audit();
        foreach (var row in audit.ReadJournal(ChainRange.All).Where(row => !row.Chain.IsProject).ToList())
        {
            var explained = StoreExplanation.Find(audit, row.Chain, row.Sequence);
            Assert.Equal(EntryCodec.Decode(row.Bytes).AvailableAfter, explained!.After.Available);
            Assert.All(explained.Sentences, Assert.NotEmpty);
        }
    }

    [Fact]
    public async Task A_backup_beside_a_running_server_is_verified_and_can_be_served()
    {
        var data = Directory.CreateTempSubdirectory("tally-serve-").FullName;
        var target = Path.Combine(data, "copy");
        await using (var server = await TallyServer.StartAsync(data))
        {
            await server.Http.PutAsync("/api/v1/accounts/a", new StringContent("{}", null, "application/json"));
            var running = await Tally.RunAsync("verify", "--data", data);
            Assert.StartsWith("The books hold: ", running.Output);

            var backup = await Tally.RunAsync("backup", target, "--data", data);

            Assert.True(backup.Code == 0, backup.Errors);
            Assert.Contains(running.Output.Trim().Split('\n')[^1], backup.Output); // the same digest
            Assert.Equal(2, (await Tally.RunAsync("backup", target, "--data", data)).Code);
            var migrate = await Tally.RunAsync("migrate", "--data", data);
            Assert.Equal(3, migrate.Code);
            Assert.Contains("another process writes", migrate.Errors);
        }
        File.Copy(Path.Combine(data, "tally.pepper"), Path.Combine(target, "tally.pepper"));
        await using (var restored = await TallyServer.StartAsync(target))
            Assert.Equal(200, (int)(await restored.Http.GetAsync("/api/v1/accounts/a")).StatusCode);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Migrate_makes_a_store_and_then_has_nothing_to_do()
    {
        var data = Path.Combine(Directory.CreateTempSubdirectory("tally-migrate-").FullName, "new");

        var first = await Tally.RunAsync("migrate", "--data", data);
        var second = await Tally.RunAsync("migrate", "--data", data);

        Assert.StartsWith("applied 0001", first.Output);
        Assert.StartsWith("Nothing to do", second.Output);
        var verified = await Tally.RunAsync("verify", "--data", data);
        Assert.StartsWith("The books hold: 0 entries, 0 chains, 0 seals.", verified.Output);
        Directory.Delete(Path.GetDirectoryName(data)!, recursive: true);
    }

    private JournalEntry Entry(Func<JournalEntry, bool> isIt)
    {
        using var audit = sample.Folder.Audit();
        return audit.ReadJournal(ChainRange.All).Select(row => EntryCodec.Decode(row.Bytes)).First(isIt);
    }
}
