using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Model;
using Tallystick.Server.Tests.Books;
using Xunit;
using Draw = Tallystick.Core.Tests.Commands;

namespace Tallystick.Server.Tests;

/// <summary>Books as the ledger writes them hold, whatever is in them.</summary>
public sealed class VerifyTests(SampleFixture sample, ITestOutputHelper output)
{
    private const int RandomAccounts = 20;
    private const int RandomCommands = 100;

    [Fact]
    public void Books_with_every_kind_of_entry_hold()
    {
        var (result, faults) = sample.Folder.Verify();

        Assert.Empty(faults);
        Assert.Equal(0, result.Faults);
        Assert.Equal(5, result.Chains);
        Assert.Equal(4, result.Seals); // the ledger seals once more when it closes
        using var audit = sample.Folder.Audit();
        var rows = audit.ReadJournal(ChainRange.All).ToList();
        Assert.Equal(rows.Count, result.Entries);
        var seen = rows.Select(row => EntryCodec.Decode(row.Bytes).Body.GetType()).ToHashSet();
        Assert.Empty(SampleBooks.Bodies.Where(body => !seen.Contains(body)).Select(body => body.Name));
        Assert.Equal(result.Digest, StoreDigest.Compute(audit, null));
    }

    [Fact]
    public async Task However_the_same_history_was_committed_its_digest_is_the_same_I38()
    {
        using var served = new BookFolder();
        await using (var books = served.OpenAsServed(lanes: 3)) await SampleBooks.WriteAsync(books);
        using var longer = new BookFolder();
        await using (var books = longer.Open())
        {
            await SampleBooks.WriteAsync(books);
            await books.AskAsync(
                SampleBooks.Acme, new AccountCommand.ChargeCredits(Demand.Of(BookWriter.Credits(1)), null));
        }
        var digest = sample.Folder.Verify().Result.Digest;

        Assert.Equal(digest, served.Verify().Result.Digest);
        Assert.NotEqual(digest, longer.Verify().Result.Digest);
    }

    [Fact]
    public async Task Random_books_hold_with_their_index_in_many_runs_and_beside_the_open_writer()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var folder = new BookFolder();
        await using (var books = folder.Open())
        {
            await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
            await books.ProjectAsync(
                new ProjectCommand.ChangeSettings(new(Draw.RefundGrace), new(Draw.MaxHoldLifetime)));
            for (var i = 0; i < RandomAccounts; i++)
            {
                await WriteRandomAsync(books, $"random-{i}", new(random));
                if (i % 10 == 0) await books.SealAsync();
            }
            Assert.Empty(folder.Verify().Faults);
        }
        var (result, faults) = folder.Verify();
        Assert.Empty(faults);
        Assert.Equal(RandomAccounts + 1, result.Chains);
    }

    // The model is there to draw commands that make sense; what they come to, Core.Tests compares.
    private static async Task WriteRandomAsync(BookWriter books, string account, Draw commands)
    {
        var began = books.Now;
        var settings = new ModelSettings
        {
            RefundGraceMicroseconds = Draw.RefundGrace, MaxHoldLifetimeMicroseconds = Draw.MaxHoldLifetime,
        };
        var model = new ModelAccount(began.Micros, settings, 20);
        await books.AskAsync(account, new AccountCommand.PutAccount(account) { OverdraftLimit = new(20) });
        for (var i = 0; i < RandomCommands; i++)
        {
            var twin = commands.Next(model, books.Now.Micros);
            twin.Model(model, books.Now.Micros);
            await books.ReplyAsync(account, twin.Real);
            if (i % 2 == 0) await books.AdvanceAsync(new Duration(1 + i % 5));
        }
    }
}
