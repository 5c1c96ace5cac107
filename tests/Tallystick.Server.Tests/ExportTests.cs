using System.Text.Json.Nodes;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Usage;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Server.Export;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>What leaves the store can be checked by a program that shares nothing with it.</summary>
public sealed class ExportTests(SampleFixture sample) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-export-").FullName;
    private string ExportFile => Path.Combine(_folder, "books.ndjson");

    [Fact]
    public async Task The_verifier_in_Python_agrees_that_the_books_hold_I13()
    {
        var exported = await Tally.RunAsync("export", "--data", sample.Folder.Path, "--out", ExportFile);
        Assert.True(exported.Code == 0, exported.Errors);
        var lines = (await File.ReadAllLinesAsync(ExportFile)).Select(line => JsonNode.Parse(line)!).ToList();

        var checkedBy = await Tally.PythonAsync(ExportFile);

        Assert.True(checkedBy.Code == 0, checkedBy.Output + checkedBy.Errors);
        var again = await ExportAsync();
        Assert.Equal(lines.ConvertAll(line => line.ToJsonString()), again.ConvertAll(line => line.ToJsonString()));
        var (result, _) = sample.Folder.Verify();
        Assert.Equal(
            $"The books hold: {result.Entries} entries, {result.Chains} chains, {result.Seals} seals.",
            checkedBy.Output.Trim());
        Assert.Equal(result.Entries, lines.Count(line => (string)line["type"]! == "entry"));
        Assert.All(lines.Where(line => (string)line["type"]! == "entry"), line => Assert.NotNull(line["entry"]));
    }

    /// <summary>Of 2 credits one goes back; a dearer price makes it 6, and the other 5 go back, too.</summary>
    [Fact]
    public async Task A_refund_of_a_usage_event_whose_price_was_corrected_passes_in_Python()
    {
        using var folder = new BookFolder();
        await using (var books = folder.Open())
        {
            await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
            await books.ProjectAsync(new ProjectCommand.PutPrices([Price(2)]));
            await books.AskAsync(
                "acme", new AccountCommand.PutAccount("acme") { OverdraftLimit = BookWriter.Credits(9) });
            var usage = new MeteredUsage { Model = "m", Quantities = [new(Unit.Input, ExactDecimal.From(1_000_000))] };
            var recorded = await books.AskAsync(
                "acme", new AccountCommand.RecordUsage(new("gateway", "1")) { Demand = Demand.Of(usage) });
            await books.AskAsync("acme", new AccountCommand.RefundCharge(recorded, BookWriter.Credits(1), null), "r1");
            await books.ProjectAsync(new ProjectCommand.PutPrices([Price(6)]));
            await books.RerateAsync("acme");
            await books.AskAsync("acme", new AccountCommand.RefundCharge(recorded, BookWriter.Credits(5), null), "r2");
        }
        Assert.Equal(0, (await Tally.RunAsync("verify", "--data", folder.Path)).Code);
        Assert.Equal(0, (await Tally.RunAsync("export", "--data", folder.Path, "--out", ExportFile)).Code);

        var checkedBy = await Tally.PythonAsync(ExportFile);

        Assert.True(checkedBy.Code == 0, checkedBy.Output + checkedBy.Errors);

        static Price Price(long rate) => new()
        {
            Selector = new(null, "m", null, []), EffectiveFrom = BookWriter.Start,
            Standard = new(RateTable.Of([new(Unit.Input, ExactDecimal.From(rate))]), []),
        };
    }

    [Fact]
    public async Task One_account_can_be_exported_and_checked_by_itself()
    {
        var exported = await Tally.RunAsync(
            "export", "--data", sample.Folder.Path, "--out", ExportFile, "--account", SampleBooks.Beta);
        Assert.Equal(0, exported.Code);

        var checkedBy = await Tally.PythonAsync(ExportFile);

        Assert.True(checkedBy.Code == 0, checkedBy.Output + checkedBy.Errors);
        Assert.Contains("1 chains, 0 seals", checkedBy.Output);
        var none = await Tally.RunAsync("export", "--data", sample.Folder.Path, "--account", "nobody");
        Assert.Equal(4, none.Code);
    }

    /// <summary>One edit of every kind: a process for each is too slow for every field of every row.</summary>
    [Theory]
    [InlineData("a byte", "hash is not that of its bytes")]
    [InlineData("a hash", "hash is not that of its bytes")]
    [InlineData("a sequence", "it follows entry")]
    [InlineData("a chain", "it follows entry 0")]
    [InlineData("a text", "its text is not the one it names")]
    [InlineData("no text", "its text is not the one it names")]
    [InlineData("a line deleted", "it follows entry")]
    [InlineData("a line doubled", "it follows entry")]
    [InlineData("two lines swapped", "it follows entry")]
    [InlineData("the tail cut", "not complete")]
    [InlineData("the last entry cut", "has not what its last line says")]
    [InlineData("a head's hash", "has another root")]
    [InlineData("a head deleted", "has another root")]
    [InlineData("a seal's time", "has another hash")]
    [InlineData("a seal deleted", "follows seal|out of order")]
    public async Task A_changed_export_does_not_pass_in_Python_Q13(string what, string reason)
    {
        var lines = await ExportAsync();
        Change(lines, what);
        await File.WriteAllLinesAsync(ExportFile, lines.Select(line => line.ToJsonString()));

        var checkedBy = await Tally.PythonAsync(ExportFile);

        Assert.True(checkedBy.Code == 1, checkedBy.Output + checkedBy.Errors);
        Assert.Contains(reason.Split('|'), part => checkedBy.Output.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>Python knows the pools and the debt rule; only verify knows the burn order.</summary>
    [Theory]
    [InlineData("twice the amount spent", "balance or available is wrong|remaining would be negative")]
    [InlineData("an owed part left out", "balance or available is wrong")]
    [InlineData("a refund of more", "it refunds more than was charged")]
    [InlineData("a key claimed again", "it claims an idempotency key again")]
    public async Task A_forged_entry_with_every_hash_and_seal_after_it_fails_in_Python(string what, string reason)
    {
        var forged = MemoryAudit.Of(sample.Folder).Bare;
        Forge(forged, what);
        forged.ForgeSeals();
        await using (var file = File.Create(ExportFile)) Write(forged, file);

        var checkedBy = await Tally.PythonAsync(ExportFile);

        Assert.True(checkedBy.Code == 1, checkedBy.Output + checkedBy.Errors);
        Assert.Contains(reason.Split('|'), part => checkedBy.Output.Contains(part, StringComparison.Ordinal));
        Assert.NotEmpty(forged.Verify());
    }

    [Fact]
    public async Task An_export_keeps_seals_for_a_later_verify_I14()
    {
        await ExportAsync();
        using var cut = sample.Folder.Copy();
        cut.Execute("DELETE FROM seal WHERE number = 4");
        Assert.Equal(0, (await Tally.RunAsync("verify", "--data", cut.Path)).Code);

        var verified = await Tally.RunAsync("verify", "--data", cut.Path, "--seals", ExportFile);

        Assert.Equal(1, verified.Code);
        Assert.StartsWith("project 1: I14: seal 4 was exported and is not there", verified.Output);
        Assert.Equal(0, (await Tally.RunAsync("verify", "--data", sample.Folder.Path, "--seals", ExportFile)).Code);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Write(IStoreAudit books, Stream target) =>
        new JournalExport(books).Write(target, new Progress<AuditProgress>());

    private async Task<List<JsonNode>> ExportAsync()
    {
        using var audit = sample.Folder.Audit();
        await using (var file = File.Create(ExportFile)) Write(audit, file);
        return [.. (await File.ReadAllLinesAsync(ExportFile)).Select(line => JsonNode.Parse(line)!)];
    }

    private static void Forge(MemoryAudit books, string what)
    {
        Func<JournalEntry, JournalEntry?> change = what switch
        {
            "twice the amount spent" => entry => entry.Body is EntryBody.Charged
                ? entry with { Moves = [.. entry.Moves.Select(move => move with { Amount = move.Amount * 2 })] }
                : null,
            "an owed part left out" => entry => entry.Moves is [.., { Kind: MoveKind.Owe }]
                ? entry with { Moves = entry.Moves.RemoveAt(entry.Moves.Length - 1) }
                : null,
            "a refund of more" => entry => entry.Body is EntryBody.Refunded refund
                ? entry with { Body = refund with { Amount = refund.Amount + BookWriter.Credits(100) } }
                : null,
            _ => entry => entry.Origin?.Key == "c2"
                ? entry with { Origin = entry.Origin with { Key = "c1" } }
                : null,
        };
        for (var i = 0; i < books.Rows.Count; i++)
        {
            if (change(EntryCodec.Decode(books.Rows[i].Bytes)) is not { } entry) continue;
            books.Forge(i, entry);
            return;
        }
        Assert.Fail($"the sample has nothing for {what}");
    }

    private static void Change(List<JsonNode> lines, string what)
    {
        var entry = lines.FindIndex(line => (string)line["type"]! == "entry" && line["text"] is not null);
        var head = lines.FindIndex(line => (string)line["type"]! == "head");
        var seal = lines.FindIndex(line => (string)line["type"]! == "seal");
        switch (what)
        {
            case "a byte": Replace(lines[entry], "bytes"); break;
            case "a hash": Replace(lines[entry], "hash"); break;
            case "a sequence": lines[entry]["sequence"] = (long)lines[entry]["sequence"]! + 1; break;
            case "a chain": lines[entry + 1]["chain"] = "77"; break;
            case "a text": Replace(lines[entry]["text"]!, "content"); break;
            case "no text": ((JsonObject)lines[entry]).Remove("text"); break;
            case "a line deleted": lines.RemoveAt(entry); break;
            case "a line doubled": lines.Insert(entry, lines[entry].DeepClone()); break;
            case "two lines swapped": (lines[entry], lines[entry + 1]) = (lines[entry + 1], lines[entry]); break;
            case "the tail cut": lines.RemoveAt(lines.Count - 1); break;
            case "the last entry cut":
                lines.RemoveAt(lines.FindLastIndex(line => (string)line["type"]! == "entry"));
                lines.RemoveAll(line => (string)line["type"]! is "head" or "seal");
                break;
            case "a head's hash": Replace(lines[head], "hash"); break;
            case "a head deleted": lines.RemoveAt(head); break;
            case "a seal's time": lines[seal]["at"] = (long)lines[seal]["at"]! + 1; break;
            case "a seal deleted": lines.RemoveAt(seal); break;
            default: throw new ArgumentOutOfRangeException(nameof(what), what, "no such change");
        }
    }

    private static void Replace(JsonNode line, string member)
    {
        var hex = (string)line[member]!;
        line[member] = hex[..^1] + (hex[^1] == '0' ? '1' : '0');
    }
}
