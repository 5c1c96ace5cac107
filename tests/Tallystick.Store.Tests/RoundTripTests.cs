using Tallystick.Core.Journal;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Store.Tests;

public sealed class RoundTripTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TestFolder _folder = new();
    private readonly TestChains _chains = new();

    [Fact]
    public async Task What_was_committed_is_read_back_from_memory_from_runs_and_after_a_restart()
    {
        await using (var store = _folder.Open())
        {
            await store.CommitAsync(_chains,
                _chains.Change(1, new(), new("key-1", "ref-1", true, "{\"a\":1}"), new("key-2", "ref-1")),
                _chains.Change(2, new Wish("key-1")));
            await ModelCheck.AllAsync(store, _chains, new(1));
            await store.FlushAsync();
            Assert.Single(store.Runs.Runs);
            await ModelCheck.AllAsync(store, _chains, new(2));
            Assert.Equal([3, 2], await store.FindReferenceAsync(TestChains.Chain(1), "ref-1", 100, 10, None));
            await store.CommitAsync(_chains, _chains.Change(1, new Wish("key-3", "ref-1", true)));
            await ModelCheck.AllAsync(store, _chains, new(3));
        }
        await using var again = _folder.Open();
        await ModelCheck.AllAsync(again, _chains, new(4));
        Assert.Equal(["account-1", "account-2"], await again.ListAccountsAsync(1, "", 10, None));
        Assert.Equal(["account-2"], await again.ListAccountsAsync(1, "account-1", 10, None));
        Assert.Empty(await again.ListAccountsAsync(2, "", 10, None));
    }

    [Fact]
    public async Task Keys_whose_hashes_meet_are_told_apart()
    {
        var options = _folder.Tiny with { HashText = text => text.StartsWith('k') ? 42 : 7UL << 40 };
        await using (var store = SqliteLedgerStore.Open(options, TestChains.Fold))
        {
            await store.CommitAsync(_chains, _chains.Change(1, new Wish()));
            for (var i = 0; i < 200; i++)
            {
                await store.CommitAsync(_chains, _chains.Change(1, new Wish($"k{i}", $"r{i % 7}")));
                if (i % 3 == 0) await store.TrailAllAsync();
            }
            for (var i = 0; i < 200; i++)
                Assert.Equal(i + 2, await store.FindKeyAsync(TestChains.Chain(1), $"k{i}", None));
        }
        await using var again = SqliteLedgerStore.Open(options, TestChains.Fold);
        for (var i = 0; i < 200; i++) Assert.Equal(i + 2, await again.FindKeyAsync(TestChains.Chain(1), $"k{i}", None));
        Assert.Null(await again.FindKeyAsync(TestChains.Chain(1), "k200", None));
        for (var i = 0; i < 50; i++) await ModelCheck.ChainAsync(again, _chains, TestChains.Chain(1), new(i));
        Assert.Empty(await again.FindReferenceAsync(TestChains.Chain(1), "rx", 1_000, 5, None));
    }

    [Fact]
    public async Task A_checkpoint_is_kept_every_thousand_entries()
    {
        await using var store = _folder.Open();
        for (var i = 0; i < 100; i++) await store.CommitAsync(_chains, _chains.Change(1, Wishes(100)));
        var entries = _chains.Journal[TestChains.Chain(1)];
        for (var round = 0; round < 2; round++)
        {
            foreach (var sequence in new[] { 1_130, 5_000, 9_999, 10_000 })
            {
                var state = await store.LoadCheckpointAsync(TestChains.Chain(1), entries[sequence - 1].Entry.At, None);
                Assert.InRange(state!.Sequence, sequence - 1_130, sequence);
                Assert.Equal(entries[(int)state.Sequence - 1].Hash, state.Head);
            }
            Assert.Null(await store.LoadCheckpointAsync(TestChains.Chain(1), entries[0].Entry.At, None));
            await store.FlushAsync();
        }
    }

    [Fact]
    public async Task A_look_up_of_a_new_key_reads_nothing()
    {
        await using var store = SqliteLedgerStore.Open(_folder.Options with { FlushEntries = 1_000 }, TestChains.Fold);
        for (var i = 0; i < 200; i++)
        {
            var wishes = Enumerable.Range(0, 50).Select(n => new Wish($"{i}-{n}")).ToList();
            await store.CommitAsync(_chains, _chains.Change(i % 10, wishes));
            await store.TrailAllAsync();
        }
        Assert.NotEmpty(store.Runs.Runs);
        var before = store.Reads;
        for (var i = 0; i < 10_000; i++)
            Assert.Null(await store.FindKeyAsync(TestChains.Chain(i % 10), $"new-{i}", None));
        Assert.InRange(store.Reads - before, 0, 200);
    }

    [Fact]
    public async Task A_store_says_when_too_much_trails()
    {
        await using var store = SqliteLedgerStore.Open(_folder.Tiny, TestChains.Fold);
        for (var i = 0; i < _folder.Tiny.FlushEntries * 2; i++)
        {
            Assert.False(store.IsBehind);
            await store.CommitAsync(_chains, _chains.Change(1, new Wish()));
        }
        Assert.True(store.IsBehind);
        await store.TrailAllAsync();
        Assert.False(store.IsBehind);
    }

    public void Dispose() => _folder.Dispose();

    private static List<Wish> Wishes(int count) => [.. Enumerable.Repeat(new Wish(), count)];
}
