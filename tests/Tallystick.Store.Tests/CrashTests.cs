using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>
/// Copies the files at a fault point, as a crash there would leave them, and opens the copy. (What the system had not
/// flushed is another matter: the power-cut test has a disk of its own.)
/// </summary>
public sealed class CrashTests
{
    private const int PageBytes = 4_096;
    private static readonly string[] Points =
        ["before-commit", "after-commit-before-tail", "trail-before-write", "trail-after-write"];

    public static TheoryData<string> FaultPoints => new(Points);

    [Theory]
    [MemberData(nameof(FaultPoints))]
    public async Task A_start_after_a_crash_has_what_was_acknowledged(string point)
    {
        using var folder = new TestFolder();
        var (chains, random) = (new TestChains(), new Random(point.Length));
        var (hits, crashes, underWay) = (0, 0, false);
        void Crash(string at)
        {
            if (at != point || hits++ % 7 != 0) return;
            using var copy = folder.Copy();
            var hasMore = at == "after-commit-before-tail";
            CheckCopyAsync(copy, chains, hasMore, random).GetAwaiter().GetResult();
            crashes++;
        }
        await using (var store = SqliteLedgerStore.Open(folder.Tiny with { FaultPoint = Crash }, TestChains.Fold))
        {
            for (var i = 0; i < 150; i++)
            {
                underWay = true;
                await store.CommitAsync(chains, chains.Change(i % 5, [new($"k{i}", "r", i % 2 == 0, "{}"), new()]));
                underWay = false;
                await store.TrailAsync(default);
                if (i % 9 == 0) await store.TrailAllAsync();
            }
        }
        Assert.False(underWay);
        Assert.InRange(crashes, 5, 1_000);
    }

    // What a crash leaves untrailed may be sealed already.
    [Fact]
    public async Task A_seal_after_a_crash_covers_what_changed_since_the_last_one_and_is_not_earlier()
    {
        using var folder = new TestFolder();
        var chains = new TestChains();
        await using var store = SqliteLedgerStore.Open(folder.Tiny, TestChains.Fold);
        await store.CommitAsync(chains, chains.Change(1, new Wish()));
        await store.SealAsync(1, new(9), default);
        await store.CommitAsync(chains, chains.Change(2, new Wish()));
        using var copy = folder.Copy();

        await using var after = SqliteLedgerStore.Open(copy.Tiny, TestChains.Fold);
        var seal = await after.SealAsync(1, new(7), default);

        Assert.Equal((2, TestChains.Chain(2)), (seal!.Number, Assert.Single(seal.Heads).Key));
        Assert.Equal(9, seal.At.Micros);
    }

    [Fact]
    public async Task A_fault_before_the_commit_leaves_nothing_and_the_store_goes_on()
    {
        using var folder = new TestFolder();
        var chains = new TestChains();
        var fails = false;
        var options = folder.Tiny with
        {
            FaultPoint = point =>
            {
                if (fails && point is "before-commit" or "trail-before-write") throw new TimeoutException(point);
            },
        };
        await using var store = SqliteLedgerStore.Open(options, TestChains.Fold);
        for (var i = 0; i < 100; i++)
        {
            var change = chains.Change(i % 3, new Wish($"k{i}"), new Wish());
            fails = true;
            await Assert.ThrowsAsync<TimeoutException>(async () => await store.CommitAsync([change], default));
            if (i % 4 == 0)
                await Assert.ThrowsAnyAsync<TimeoutException>(() => TrailUntilItFailsAsync(store, chains, i));
            fails = false;
            await store.CommitAsync(chains, chains.Change(i % 3, new Wish($"k{i}"), new Wish()));
            await store.TrailAllAsync();
        }
        await ModelCheck.AllAsync(store, chains, new(1));
        AuditCheck.All(folder.Path, chains);

        async Task TrailUntilItFailsAsync(SqliteLedgerStore target, TestChains model, int step)
        {
            fails = false;
            for (var n = 0; n < 10; n++)
                await target.CommitAsync(model, model.Change(step % 3, new Wish(), new Wish()));
            fails = true;
            await target.TrailAllAsync();
        }
    }

    [Theory]
    [InlineData("cut off")]
    [InlineData("zeroed")]
    [InlineData("of something else")]
    public async Task A_log_whose_end_is_torn_loses_only_what_it_tore_S4_Q14(string end)
    {
        using var folder = new TestFolder();
        var chains = new TestChains();
        await using var store = folder.Open();
        await store.CommitAsync(chains, chains.Change(1, new Wish("a"), new Wish("b")));
        var length = new FileInfo(folder.Database + "-wal").Length;
        var noted = File.ReadAllBytes(Path.Combine(folder.Path, LastNote.FileName));
        var last = chains.Change(1, new Wish("c"));
        Assert.Empty(await store.CommitAsync([last], default));
        for (var torn = 1; torn <= PageBytes; torn += torn < 8 ? 1 : 61)
        {
            using var copy = folder.Copy();
            using (var wal = File.Open(copy.Database + "-wal", FileMode.Open))
            {
                Assert.True(wal.Length - torn > length);
                if (end == "cut off") wal.SetLength(wal.Length - torn);
                else Overwrite(wal, torn, end == "zeroed" ? new byte[torn] : Enumerable.Repeat((byte)0xA5, torn));
            }
            // What had been flushed and noted is not torn, unless the disk has lied: that shows.
            Assert.Contains("had been committed", Assert.Throws<StoreRefusedException>(copy.Open).Message);
            File.WriteAllBytes(Path.Combine(copy.Path, LastNote.FileName), noted);
            await using var opened = copy.Open();
            await ModelCheck.AllAsync(opened, chains, new(torn));
        }

        static void Overwrite(FileStream file, int count, IEnumerable<byte> with)
        {
            file.Seek(-count, SeekOrigin.End);
            file.Write([.. with]);
        }
    }

    [Fact]
    public async Task A_changed_byte_of_the_journal_is_noticed_at_the_start()
    {
        using var folder = new TestFolder();
        var chains = new TestChains();
        await using var store = folder.Open();
        await store.CommitAsync(chains, chains.Change(1, new Wish("a"), new Wish("b"), new Wish("c")));
        using var copy = folder.Copy();
        copy.Execute("DROP TRIGGER journal_keeps_values; UPDATE journal SET hash = zeroblob(32) WHERE position = 2");
        copy.Execute("""
            CREATE TRIGGER journal_keeps_values BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
            """);
        Assert.Throws<JournalCorruptException>(copy.Open);
        using var shorter = folder.Copy();
        shorter.Execute("DROP TRIGGER journal_keeps_rows; DELETE FROM journal WHERE position = 2");
        shorter.Execute("""
            CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
            """);
        Assert.Throws<JournalCorruptException>(shorter.Open);
    }

    [Fact]
    public async Task Every_flipped_bit_of_an_index_block_is_noticed()
    {
        using var folder = new TestFolder();
        var chains = new TestChains();
        await using (var store = folder.Open())
            await store.CommitAsync(chains, chains.Change(1, new Wish("a", "r", true), new Wish("b")));
        for (var offset = 1; offset < 40; offset += 3)
        {
            using var copy = folder.Copy();
            copy.Execute($"""
                UPDATE run_block
                SET bytes = CAST(substr(bytes, 1, {offset - 1}) || x'5A' || substr(bytes, {offset + 1}) AS BLOB)
                """);
            Assert.Throws<JournalCorruptException>(copy.Open);
        }
    }

    private static async Task CheckCopyAsync(TestFolder copy, TestChains chains, bool hasMore, Random random)
    {
        await using (var store = SqliteLedgerStore.Open(copy.Tiny, TestChains.Fold))
        {
            if (!hasMore)
            {
                await ModelCheck.AllAsync(store, chains, random);
            }
            else
            {
                // Committed and not acknowledged: there, whole, and found by its key.
                var ahead = 0;
                foreach (var chain in Enumerable.Range(0, 5).Select(i => TestChains.Chain(i)))
                {
                    var known = chains.State(chain)?.Sequence ?? 0;
                    var stored = (await store.LoadAsync(chain, default))?.Sequence ?? 0;
                    if (stored == known) continue;
                    ahead++;
                    Assert.Equal(known + 2, stored);
                    var entry = (await store.ReadAsync(chain, known + 1, known + 1, default))[0];
                    Assert.Equal(known + 1, await store.FindKeyAsync(chain, entry.Entry.Origin!.Key!, default));
                }
                Assert.Equal(1, ahead);
            }
            await store.TrailAllAsync();
        }
        using var audit = SqliteAudit.Open(copy.Path);
        Assert.Empty(audit.SelfCheck());
    }
}
