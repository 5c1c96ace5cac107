using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Store.Sqlite.Native;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>The commands as somebody meets them: what they print, and what they end with.</summary>
public sealed class CommandTests(SampleFixture sample)
{
    private static readonly string[] Commands =
    [
        "serve", "verify", "digest", "export", "explain", "backup", "migrate", "import postgres", "replay", "simulate",
        "prices diff",
    ];

    private static readonly (string Name, string Value)[] Secrets =
    [
        ("TALLY_POSTGRES", "Host=127.0.0.1;Port=1;Username=u;Password=secret-1;Timeout=1"),
        ("TALLY_ADMIN_KEY", "secret-2-of-forty-characters-0123456789"), ("TALLY_PEPPER", new('5', 64)),
        ("TALLY_IMPORT_FROM", "Host=127.0.0.1;Port=1;Username=u;Password=secret-3;Timeout=1"),
        ("TALLY_PEPPER_FILE", "/nowhere/secret-4"),
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
    public async Task Neither_help_nor_an_error_of_usage_shows_what_the_environment_says()
    {
        foreach (var command in Commands.Append("bench").Append("rerate"))
            foreach (var option in (string[])["--help", "--misspelt"])
            {
                var said = await Tally.RunAsync(Secrets, [.. command.Split(' '), option]);
                Assert.Equal(option == "--help" ? 0 : 2, said.Code);
                Assert.DoesNotContain("secret-", said.Output + said.Errors);
                Assert.DoesNotContain("5555", said.Output + said.Errors);
            }
    }

    [Fact]
    public async Task An_option_says_which_books_are_meant_whatever_the_environment_says()
    {
        var here = await Tally.RunAsync(Secrets, "verify", "--data", sample.Folder.Path);
        Assert.True(here.Code == 0, here.Errors);
        Assert.StartsWith("The books hold: ", here.Output);
        Assert.Equal(3, (await Tally.RunAsync(Secrets, "verify")).Code); // that one cannot be reached
        var folder = ("TALLY_DATA", sample.Folder.Path);
        Assert.Equal(0, (await Tally.RunAsync([folder], "verify")).Code);
        Assert.Equal(3, (await Tally.RunAsync([.. Secrets, folder], "verify")).Code);

        var both = await Tally.RunAsync(
            "verify", "--data", sample.Folder.Path, "--postgres", "Host=127.0.0.1;Port=1;Timeout=1");
        Assert.Equal(2, both.Code);
        Assert.Contains("--data or --postgres", both.Errors);
    }

    [Theory]
    [InlineData("postgresql://user:secret@host/db")]
    [InlineData("postgresql://user:secret@host/db?sslmode=require")]
    [InlineData("Password=secret;Database=tally")]
    [InlineData("Host=h;Port=secret")]
    public async Task What_is_no_connection_string_is_told_its_form_and_is_not_repeated(string connection)
    {
        foreach (var said in (CommandResult[])
            [
                await Tally.RunAsync("verify", "--postgres", connection),
                await Tally.RunAsync([("TALLY_POSTGRES", connection)], "serve"),
                await Tally.RunAsync([("TALLY_POSTGRES", connection)], "migrate"),
                await Tally.RunAsync("bench", "--postgres", connection),
                await Tally.RunAsync("import", "postgres", "--layout", "000", "--from", connection),
            ])
        {
            MustSay(2, "takes an Npgsql connection string, such as", said);
            Assert.DoesNotContain("secret", said.Errors);
        }
    }

    [Fact]
    public async Task A_mistake_of_whoever_runs_it_is_one_line_that_says_what_is_wrong()
    {
        var data = Directory.CreateTempSubdirectory("tally-mistakes-").FullName;
        var noSeals = Path.Combine(data, "no-seals");
        await File.WriteAllTextAsync(noSeals, "{}\n");
        MustSay(2, "has no seals", await Tally.RunAsync("verify", "--data", sample.Folder.Path, "--seals", noSeals));
        await File.WriteAllTextAsync(noSeals, Export.JournalExport.SealLineStart + "\n");
        MustSay(2, "line 1", await Tally.RunAsync("verify", "--data", sample.Folder.Path, "--seals", noSeals));

        MustSay(2, "TALLY_LOG_LEVEL takes trace", await ServeAsync(("TALLY_LOG_LEVEL", "warn")));
        MustSay(2, "TALLY_LOG_LEVEL takes trace", await ServeAsync(("TALLY_LOG_LEVEL", "42")));
        MustSay(2, "TALLY_LOG_FORMAT takes text, json", await ServeAsync(("TALLY_LOG_FORMAT", "xml")));
        MustSay(2, "TALLY_MAX_CONNECTIONS", await ServeAsync(("TALLY_MAX_CONNECTIONS", "many")));
        MustSay(2, "TALLY_ADMIN_KEY takes 32-128", await ServeAsync(("TALLY_ADMIN_KEY", "short")));
        MustSay(3, "TALLY_PEPPER must hold 32 bytes", await ServeAsync(("TALLY_PEPPER", "short")));
        Assert.Empty(Directory.GetFiles(data, "tally.*"));

        // Who is root may write anywhere: what is in the way then is a file where a folder is meant.
        MustSay(3, "no-seals", await Tally.RunAsync("serve", "--data", Path.Combine(noSeals, "folder")));
        MustSay(3, data, await Tally.RunAsync("serve", "--data", data, "--pepper-file", data)); // a folder
        Directory.Delete(data, recursive: true);

        Task<CommandResult> ServeAsync((string, string) environment) =>
            Tally.RunAsync([environment], "serve", "--data", data);
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
    public async Task A_store_with_entries_is_served_with_the_pepper_that_it_was_made_with_and_no_other()
    {
        var data = Directory.CreateTempSubdirectory("tally-pepper-").FullName;
        var pepper = Path.Combine(data, "tally.pepper");
        await using (await TallyServer.StartAsync(data)) { }
        var kept = await File.ReadAllBytesAsync(pepper);
        File.Delete(pepper);

        MustSay(3, "put back the one that it was made with", await Tally.RunAsync("serve", "--data", data));
        Assert.False(File.Exists(pepper));
        await File.WriteAllBytesAsync(pepper, new byte[32]);
        MustSay(3, "made with another pepper", await Tally.RunAsync("serve", "--data", data));

        // With a way in of its own it starts, and the right one may be put back later.
        File.Delete(pepper);
        await using (var server = await TallyServer.StartAsync(data))
            Assert.Equal(200, (int)(await server.Http.GetAsync("/api/v1/accounts")).StatusCode);
        await File.WriteAllBytesAsync(pepper, kept);
        await using (await TallyServer.StartAsync(data)) { }

        // One from before there was a check takes the pepper that it has, and remembers it.
        var database = Path.Combine(data, "tally.db");
        using (var connection = new SqliteConnection(database, Access.Write))
            connection.Execute("DELETE FROM meta WHERE name = 'pepper_check'");
        await File.WriteAllBytesAsync(pepper, kept);
        await using (var server = await TallyServer.StartAsync(data))
            Assert.Equal(200, (int)(await server.Http.GetAsync("/api/v1/accounts")).StatusCode);
        await File.WriteAllBytesAsync(pepper, new byte[32]);
        MustSay(3, "made with another pepper", await Tally.RunAsync("serve", "--data", data));
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

    private static void MustSay(int code, string what, CommandResult said)
    {
        Assert.True(said.Code == code, $"{said.Code}: {said.Output}{said.Errors}");
        Assert.Contains(what, said.Errors);
        Assert.Single(said.Errors.Trim().Split('\n'));
        Assert.DoesNotContain("   at ", said.Errors); // no stack
    }

    private JournalEntry Entry(Func<JournalEntry, bool> isIt)
    {
        using var audit = sample.Folder.Audit();
        return audit.ReadJournal(ChainRange.All).Select(row => EntryCodec.Decode(row.Bytes)).First(isIt);
    }
}
