using System.Globalization;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Core.Reports;
using Tallystick.Engine.Ports;
using Xunit;

namespace Tallystick.Store.Tests.Contract;

/// <summary>What every store does. A store that cannot be run fails here; none is left out.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TestChains _chains = new() { ReportsByTeam = true };
    private ILedgerStore _store = null!;

    /// <summary>Opens the one store of this test, empty the first time.</summary>
    protected abstract Task<ILedgerStore> OpenAsync();

    /// <summary>Null where the store has no audit.</summary>
    protected abstract IStoreAudit? OpenAudit();
    protected abstract ValueTask RemoveAsync();

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _store.DisposeAsync();
        await RemoveAsync();
    }

    [Fact]
    public async Task What_was_committed_is_read_back_now_and_after_a_restart()
    {
        await _store.CommitAsync(_chains,
            _chains.Change(1, new(), new("key-1", "ref-1", true, "{\"a\":1}"), new("key-2", "ref-1")),
            _chains.Change(2, new Wish("key-1")));
        await ModelCheck.AllAsync(_store, _chains, new(1));
        Assert.Equal([3, 2], await _store.FindReferenceAsync(TestChains.Chain(1), "ref-1", 100, 10, None));
        await _store.CommitAsync(_chains, _chains.Change(1, new Wish("key-3", "ref-1", true)));
        await RestartAsync();
        await ModelCheck.AllAsync(_store, _chains, new(2));
        Assert.Equal(["account-1", "account-2"], await _store.ListAccountsAsync(1, "", 10, None));
        Assert.Equal(["account-2"], await _store.ListAccountsAsync(1, "account-1", 10, None));
        Assert.Equal(["account-1"], await _store.ListAccountsAsync(1, "", 1, None));
        Assert.Empty(await _store.ListAccountsAsync(2, "", 10, None));
    }

    [Fact]
    public async Task A_checkpoint_goes_with_the_records_as_they_were_then()
    {
        var random = new Random(5);
        for (var i = 0; i < 70; i++)
        {
            await _store.CommitAsync(_chains, _chains.Change(1, [.. Enumerable.Range(0, random.Next(1, 130))
                .Select(_ => new Wish(Record: random.Next(300) == 0))]));
            if (i % 9 == 0) await _store.TrailAllAsync();
        }
        for (var round = 0; round < 2; round++, await RestartAsync())
        {
            var entries = _chains.Journal[TestChains.Chain(1)];
            var checkpoints = new Dictionary<long, ChainState>();
            foreach (var entry in entries)
                if (await _store.LoadCheckpointAsync(entry.Entry.Chain, entry.Entry.At, None) is { } state)
                    checkpoints[state.Sequence] = state;
            Assert.Equal(entries.Count / Checkpoints.Every, checkpoints.Count);
            foreach (var (sequence, state) in checkpoints)
                foreach (var key in _chains.Records.Keys.Select(one => one.Item2))
                    Assert.Equal(
                        _chains.Forms.LastOrDefault(form => form.Record.Key == key && form.Sequence <= sequence)
                            .Record?.Encode(),
                        (await _store.LoadRecordAsync(state, key, None))?.Encode());
        }
        if (OpenAudit() is { } audit)
            using (audit) AuditCheck.All(audit, _chains);
    }

    [Fact]
    public async Task An_empty_store_answers_nothing_and_opens_again()
    {
        Assert.Null(await _store.LoadAsync(TestChains.Chain(1), None));
        Assert.Equal([null, null], await _store.LoadAsync(
            [new KnownChain(TestChains.Chain(1), null), new KnownChain(TestChains.Chain(2), null)], None));
        Assert.Empty(await _store.ReadAsync(TestChains.Chain(1), 1, 10, None));
        Assert.Null(await _store.FindKeyAsync(TestChains.Chain(1), "key", None));
        Assert.Null(await _store.SealAsync(1, new(1), None));
        Assert.Null(await _store.LastSealAsync(1, None));
        Assert.Empty((await _store.TourDueAsync(new(long.MaxValue), null, None)).Due);
        await _store.TrailAllAsync();
        Assert.NotEmpty(_store.Description);
        await RestartAsync();
        Assert.Null(await _store.LoadAsync(TestChains.Chain(1), None));
    }

    [Fact]
    public async Task A_chain_that_has_moved_on_is_named_and_nothing_is_stored()
    {
        var first = _chains.Change(1, new Wish());
        var twin = _chains.Change(1, new Wish("other"));
        await _store.CommitAsync(_chains, first);
        Assert.Equal([TestChains.Chain(1)], await _store.CommitAsync([_chains.Change(2, new Wish()), twin], None));
        Assert.Null(await _store.LoadAsync(TestChains.Chain(2), None));
        Assert.Null(await _store.FindKeyAsync(TestChains.Chain(1), "other", None));
        await _store.CommitAsync(_chains, _chains.Change(1, new Wish(), new Wish()));
        Assert.Equal([TestChains.Chain(1)], await _store.CommitAsync([twin], None));
        await ModelCheck.AllAsync(_store, _chains, new(1));
    }

    [Fact]
    public async Task Several_states_are_the_present_ones_whatever_was_known_of_them_and_keys_are_found_together()
    {
        var random = new Random(5);
        var known = new List<ChainState?>();
        for (var round = 0; round < 60; round++)
        {
            var accounts = Enumerable.Range(0, 6).Where(_ => random.Next(2) == 0).ToList();
            if (accounts.Count > 0)
                await _store.CommitAsync(_chains, [.. accounts.Select(account => _chains.Change(
                    account, new Wish($"key-{round}"), new Wish(Record: random.Next(3) == 0)))]);
            var asked = Enumerable.Range(0, 8).Select(account => new KnownChain(
                TestChains.Chain(account), known.LastOrDefault(state =>
                    state?.Key == TestChains.Chain(account) && random.Next(3) == 0))).ToList();
            var states = await _store.LoadAsync(asked, None);
            Assert.Equal(asked.Select(one => _chains.State(one.Key)?.Encode()), states.Select(one => one?.Encode()));
            known.AddRange(states);
            var keys = asked.Select(one => (one.Key, $"key-{random.Next(round + 2)}")).ToList();
            Assert.Equal(
                keys.Select(one => _chains.Journal.GetValueOrDefault(one.Key)?
                    .Find(entry => entry.Entry.Origin?.Key == one.Item2)?.Entry.Sequence),
                await _store.FindKeysAsync(keys, None));
        }
    }

    [Fact]
    public async Task Of_twenty_commits_at_once_of_the_same_sequence_one_is_stored()
    {
        await _store.CommitAsync(_chains, _chains.Change(1, new Wish()), _chains.Change(2, new Wish()));
        var rivals = Enumerable.Range(0, 20)
            .Select(i => new[] { 1, 2 }.Select(account => _chains.Change(account, new Wish($"rival-{i}"))).ToArray())
            .ToList();
        var moved = await Task.WhenAll(
            rivals.Select(rival => Task.Run(() => _store.CommitAsync(rival, None).AsTask())));
        var winner = Assert.Single(Enumerable.Range(0, 20), i => moved[i].IsEmpty);
        Assert.All(moved.Where(chains => !chains.IsEmpty), chains => Assert.Contains(TestChains.Chain(1), chains));
        _chains.Accept(rivals[winner]);
        await ModelCheck.AllAsync(_store, _chains, new(1));
    }

    [Fact]
    public async Task A_store_where_nothing_happens_is_sealed_twice_a_day()
    {
        var halfDay = new Instant((long)Seal.QuietMax.TotalMicroseconds);
        Assert.Null(await _store.SealAsync(1, halfDay, None));
        await _store.CommitAsync(_chains, _chains.Change(1, new Wish()), _chains.Change(2, new Wish()));
        var first = (await _store.SealAsync(1, new(10), None))!;
        Assert.Null(await _store.SealAsync(1, halfDay, None));
        await RestartAsync();
        var quiet = (await _store.SealAsync(1, new(halfDay.Micros + 10), None))!;
        var head = Assert.Single(quiet.Heads);
        Assert.Equal((2, first.Heads[0].Key, 1), (quiet.Number, head.Key, head.Sequence));
        Assert.Equal(first.Heads[0].Hash.ToArray(), head.Hash.ToArray());
        Assert.Null(await _store.SealAsync(1, new(halfDay.Micros + 11), None));
        await _store.CommitAsync(_chains, _chains.Change(2, new Wish()));
        var next = (await _store.SealAsync(1, new(halfDay.Micros + 12), None))!;
        Assert.Equal(TestChains.Chain(2), Assert.Single(next.Heads).Key);
    }

    [Fact]
    public async Task Seals_list_the_heads_that_changed_also_across_restarts()
    {
        await _store.CommitAsync(_chains, _chains.Change(1, new Wish()), _chains.Change(2, new Wish()));
        var seal = await _store.SealAsync(1, new(10), None);
        Assert.Equal((1, 2), (seal!.Number, seal.Heads.Count));
        Assert.Null(await _store.SealAsync(1, new(11), None));
        Assert.Null(await _store.SealAsync(2, new(11), None));
        await _store.CommitAsync(_chains, _chains.Change(2, new Wish()));
        await RestartAsync();
        await _store.CommitAsync(_chains, _chains.Change(3, new Wish()));
        var last = await _store.LastSealAsync(1, None);
        var next = await _store.SealAsync(1, new(12), None);
        Assert.Equal(
            new[] { TestChains.Chain(2), TestChains.Chain(3) }.Order(), next!.Heads.Select(head => head.Key));
        Assert.Equal(2, next.Heads.Single(head => head.Key == TestChains.Chain(2)).Sequence);
        Assert.Equal(
            _chains.State(TestChains.Chain(2))!.Head, 
            next.Heads.Single(head => head.Key == TestChains.Chain(2)).Hash.ToArray());
        Assert.Equal(SealChain.Hash(1, 2, new(12), 2, next.Root, last!.Hash), next.Hash);
        Assert.Equal(next.Hash, (await _store.LastSealAsync(1, None))!.Hash);
        using var audit = OpenAudit();
        if (audit is null) return;
        Assert.Equal([last.Hash, next.Hash], audit.ReadSeals().Select(one => one.Hash));
        Assert.Equal(new(12), audit.LastSealAt);
    }

    [Fact]
    public async Task Random_operations_agree_with_a_model()
    {
        var random = new Random(PrintedSeed());
        for (var step = 0; step < 300; step++)
        {
            switch (random.Next(20))
            {
                case < 13: await CommitSomeAsync(random); break;
                case < 15: await _store.TrailAsync(None); break;
                case < 17: await ModelCheck.AllAsync(_store, _chains, random); break;
                case < 19: await _store.SealAsync(random.Next(1, 3), new(step), None); break;
                default: await RestartAsync(); break;
            }
        }
        await ModelCheck.AllAsync(_store, _chains, random);
        using var audit = OpenAudit();
        if (audit is not null) AuditCheck.All(audit, _chains);
    }

    [Fact]
    public async Task Readers_agree_with_the_model_while_others_commit()
    {
        var random = new Random(PrintedSeed());
        for (var i = 0; i < 40; i++) await CommitSomeAsync(random);
        var frozen = _chains.Journal.ToDictionary(chain => chain.Key, chain => chain.Value.ToArray());
        var isDone = false;
        var readers = Enumerable.Range(0, 3).Select(number => Task.Run(async () =>
        {
            var own = new Random(number);
            while (!Volatile.Read(ref isDone))
            {
                var (chain, entries) = frozen.ElementAt(own.Next(frozen.Count));
                var entry = entries[own.Next(entries.Length)];
                var read = await _store.ReadAsync(chain, entry.Entry.Sequence, entry.Entry.Sequence + 3, None);
                Assert.Equal(entry.Bytes, read[0].Bytes);
                Assert.True((await _store.LoadAsync(chain, None))!.Sequence >= entries.Length);
            }
        })).ToArray();
        for (var i = 0; i < 200; i++) await CommitSomeAsync(random);
        Volatile.Write(ref isDone, true);
        await Task.WhenAll(readers);
        await ModelCheck.AllAsync(_store, _chains, random);
    }

    [Fact]
    public async Task What_reports_add_up_is_the_journals_sum_trailed_or_not_now_and_after_a_restart_I4()
    {
        var random = new Random(PrintedSeed());
        for (var step = 0; step < 60; step++)
        {
            _chains.Clock += random.Next(60) * 900_000_000L;
            await CommitSomeAsync(random);
            await _store.CommitAsync(_chains, _chains.Change(1, Wishes(random, random.Next(1, 120))));
            if (step % 7 == 0) await _store.TrailAllAsync();
            if (step % 19 == 0) await RestartAsync();
            for (var i = 0; i < 4; i++) await SumCheck.RandomAsync(_store, _chains, random);
        }
        Assert.True(_chains.Journal[TestChains.Chain(1)].Count > 2 * Checkpoints.Every, "too few for two epochs");
        await _store.TrailAllAsync();
        for (var i = 0; i < 10; i++) await SumCheck.RandomAsync(_store, _chains, random);
        using var audit = OpenAudit();
        if (audit is not null) AuditCheck.All(audit, _chains);
    }

    private async Task RestartAsync()
    {
        await _store.DisposeAsync();
        _store = await OpenAsync();
    }

    private async Task CommitSomeAsync(Random random)
    {
        var accounts = Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(12)).Distinct();
        await _store.CommitAsync(_chains,
        [
            .. accounts.Select(account => _chains.Change(account, 1 + account % 2, Wishes(random, random.Next(1, 6)))),
        ]);
    }

    private static List<Wish> Wishes(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new Wish(
            random.Next(4) == 0 ? null : $"key-{random.NextInt64()}",
            random.Next(3) == 0 ? $"ref-{random.Next(5)}" : null,
            random.Next(5) == 0,
            random.Next(5) == 0 ? $"{{\"n\":{random.Next()}}}" : null)),
    ];

    /// <summary>TALLY_SEED=n runs a seed again; without it each run draws its own and prints it.</summary>
    private static int PrintedSeed()
    {
        var given = Environment.GetEnvironmentVariable("TALLY_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"TALLY_SEED={seed}");
        return seed;
    }
}
