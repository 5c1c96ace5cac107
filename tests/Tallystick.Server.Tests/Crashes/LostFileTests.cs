using System.Globalization;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>Q14: files of a store that somebody removed, exchanged or damaged. TALLY_FLIPS=n flips n bits.</summary>
public sealed class LostFileTests(ITestOutputHelper output)
{
    private const string Account = "acme", Log = "tally.db-wal", Note = "tally.last";

    [Fact]
    public async Task A_deleted_log_or_an_older_file_is_found_by_seals_kept_elsewhere_S5_Q14()
    {
        using var folder = new BookFolder();
        await BeginAsync(folder);
        using var older = folder.Copy();
        await using var open = folder.OpenAsServed(lanes: 1);
        await WriteAsync(open);
        using var withoutLog = folder.Copy();
        using var withoutSharedMemory = folder.Copy();
        File.Copy(Path.Combine(folder.Path, Log), Path.Combine(withoutSharedMemory.Path, Log));
        using var audit = folder.Audit();
        var kept = audit.ReadSeals().ToDictionary(
            seal => (seal.Project, seal.Number), seal => Convert.ToHexStringLower(seal.Hash));

        var (present, faults) = folder.Verify(new() { KnownSeals = kept });
        Assert.Empty(faults);
        var (same, none) = withoutSharedMemory.Verify(new() { KnownSeals = kept });
        Assert.Empty(none);
        Assert.Equal(present.Digest, same.Digest);
        foreach (var damaged in new[] { withoutLog, older })
        {
            // By itself it is sound: it is what there was once.
            Assert.Empty(damaged.Verify().Faults);
            var fault = Assert.Single(damaged.Verify(new() { FindAll = true, KnownSeals = kept }).Faults);
            Assert.Equal("project 1: I14: seal 2 was exported and is not there", fault.ToString());
        }
    }

    [Fact]
    public async Task A_deleted_log_or_an_older_file_is_refused_by_what_was_noted_beside_it_S5_Q14()
    {
        using var folder = new BookFolder();
        await BeginAsync(folder);
        using var older = folder.Copy();
        await using var open = folder.OpenAsServed(lanes: 1);
        await WriteAsync(open);
        using var withoutLog = folder.Copy();
        Assert.Empty(folder.Verify().Faults);

        foreach (var damaged in new[] { withoutLog, older })
        {
            File.Copy(Path.Combine(folder.Path, Note), Path.Combine(damaged.Path, Note));
            var fault = Assert.Single(damaged.Verify().Faults);
            Assert.Contains("had been committed", fault.ToString());
            var refused = Assert.Throws<StoreRefusedException>(() => damaged.OpenAsServed(lanes: 1));
            Assert.Contains(Log, refused.Message);
            // Whoever wants to go on without what is missing says so.
            File.Delete(Path.Combine(damaged.Path, Note));
            await damaged.OpenAsServed(lanes: 1).DisposeAsync();
            Assert.Empty(damaged.Verify().Faults);
        }
    }

    [Fact]
    public async Task A_bit_flipped_anywhere_in_the_file_is_found_or_means_nothing_S6_Q14()
    {
        var seed = CrashCycles.Number("TALLY_SEED") ?? Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var random = new Random(seed);
        using var sample = await BookFolder.WithSampleAsync();
        var digest = sample.Verify().Result.Digest;
        var bytes = File.ReadAllBytes(Path.Combine(sample.Path, "tally.db"));
        var found = 0;
        var flips = CrashCycles.Number("TALLY_FLIPS") ?? 1_000;
        for (var flip = 0; flip < flips; flip++)
        {
            var (at, bit) = (random.Next(bytes.Length), 1 << random.Next(8));
            bytes[at] ^= (byte)bit;
            if (!MeansNothing(bytes, digest!)) found++;
            bytes[at] ^= (byte)bit;
        }
        output.WriteLine($"{flips} flips of {bytes.Length} bytes: {found} found, the others in room that nothing uses");
        // Most of a small file is pages that are hardly filled.
        Assert.InRange(found, flips / 10, flips);
    }

    /// <summary>As one bit in the head of a row makes it: what may not be NULL is.</summary>
    [Fact]
    public async Task A_text_that_damage_has_made_null_is_damage_and_no_bug_S6()
    {
        using var sample = await BookFolder.WithSampleAsync();
        const string schema = "UPDATE sqlite_schema SET sql = replace(sql, {0}) WHERE name = 'migration'";
        Rewrite("'checksum TEXT NOT NULL', 'checksum TEXT'");
        sample.Execute("UPDATE migration SET checksum = NULL WHERE number = 1");
        Rewrite("'checksum TEXT', 'checksum TEXT NOT NULL'");

        var refused = Assert.Throws<StoreRefusedException>(() => sample.Verify());
        Assert.Contains("cannot be read", refused.Message);
        Assert.Throws<StoreRefusedException>(() => sample.OpenAsServed(lanes: 1));

        void Rewrite(string words) => sample.Execute(
            "PRAGMA writable_schema = ON; " + string.Format(CultureInfo.InvariantCulture, schema, words));
    }

    private static async Task BeginAsync(BookFolder folder)
    {
        await using var books = folder.OpenAsServed(lanes: 1);
        await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
        await books.AskAsync(Account, new AccountCommand.PutAccount(Account));
        await WriteAsync(books);
    }

    private static async Task WriteAsync(BookWriter books)
    {
        await books.AskAsync(Account, new AccountCommand.GiveCredits
        {
            Amount = BookWriter.Credits(5), Kind = GrantKind.Purchase, Bucket = "purchase",
        });
        await books.SealAsync();
    }

    /// <summary>Whether the books hold and are the same; a file that is refused or cannot be read is found.</summary>
    private static bool MeansNothing(byte[] bytes, string digest)
    {
        using var folder = new BookFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "tally.db"), bytes);
        try
        {
            var (result, faults) = folder.Verify();
            if (faults.Count > 0) return false;
            Assert.Equal(digest, result.Digest);
            return true;
        }
        catch (Exception fault) when (
            fault is JournalCorruptException or StoreRefusedException or StoreUnavailableException)
        {
            return false;
        }
    }
}
