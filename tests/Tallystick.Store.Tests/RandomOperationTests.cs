using System.Globalization;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>TALLY_SEED=n runs a seed again; without it each run draws its own and prints it.</summary>
public sealed class RandomOperationTests(ITestOutputHelper output)
{
    private const int Rounds = 6;
    private const int Steps = 400;

    [Fact]
    public async Task Random_operations_with_tiny_bounds_agree_with_a_model()
    {
        var seed = PrintedSeed();
        for (var round = 0; round < Rounds; round++) await RunAsync(new(seed + round));
    }

    [Fact]
    public async Task Readers_agree_with_the_model_while_runs_are_merged_under_them()
    {
        using var folder = new TestFolder();
        var (chains, seed) = (new TestChains(), PrintedSeed());
        await using var store = SqliteLedgerStore.Open(folder.Tiny, TestChains.Fold);
        await store.CommitAsync(chains, [.. Enumerable.Range(0, 10).Select(i => chains.Change(i, Wishes(new(i), 30)))]);
        await store.FlushAsync();
        var frozen = chains.Journal.ToDictionary(chain => chain.Key, chain => chain.Value.ToArray());
        var isDone = false;
        var readers = Enumerable.Range(0, 2).Select(number => Task.Run(async () =>
        {
            var random = new Random(seed + number);
            while (!Volatile.Read(ref isDone))
            {
                var (chain, entries) = frozen.ElementAt(random.Next(frozen.Count));
                var entry = entries[random.Next(entries.Length)];
                var read = await store.ReadAsync(chain, entry.Entry.Sequence, entry.Entry.Sequence + 3, default);
                Assert.Equal(entry.Bytes, read[0].Bytes);
                if (entry.Entry.Origin?.Key is { } key)
                    Assert.Equal(entry.Entry.Sequence, await store.FindKeyAsync(chain, key, default));
                Assert.True((await store.LoadAsync(chain, default))!.Sequence >= entries.Length);
            }
        })).ToArray();
        for (var i = 0; i < 1_000; i++)
        {
            await store.CommitAsync(chains, chains.Change(i % 20, Wishes(new(seed + i), 4)));
            await store.TrailAsync(default);
        }
        Volatile.Write(ref isDone, true);
        await Task.WhenAll(readers);
        await ModelCheck.AllAsync(store, chains, new(seed));
    }

    private static async Task RunAsync(Random random)
    {
        using var folder = new TestFolder();
        var chains = new TestChains();
        var options = folder.Tiny with
        {
            FlushEntries = random.Next(1, 40), FanIn = random.Next(2, 5), StepBlocks = random.Next(1, 6),
            BlockBytes = random.Next(40, 600),
            HashText = random.Next(2) == 0 ? null : text => (ulong)(text.Length * 31 + text[^1] % 4) << 58,
        };
        var store = SqliteLedgerStore.Open(options, TestChains.Fold);
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                switch (random.Next(20))
                {
                    case < 9: await CommitAsync(store, chains, random); break;
                    case < 17: await store.TrailAsync(default); break;
                    case 17: await ModelCheck.AllAsync(store, chains, random); break;
                    case 18: await store.SealAsync(random.Next(1, 3), new(step), default); break;
                    default:
                        await store.DisposeAsync();
                        store = SqliteLedgerStore.Open(options, TestChains.Fold);
                        break;
                }
            }
            await ModelCheck.AllAsync(store, chains, random);
            AuditCheck.All(folder.Path, chains, checkIndex: options.HashText is null);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static async Task CommitAsync(ILedgerStore store, TestChains chains, Random random)
    {
        var accounts = Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(12)).Distinct();
        await store.CommitAsync(chains,
        [
            .. accounts.Select(account => chains.Change(account, 1 + account % 2, Wishes(random, random.Next(1, 6)))),
        ]);
    }

    private static List<Wish> Wishes(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new Wish(
            random.Next(4) == 0 ? null : $"key-{random.NextInt64()}",
            random.Next(3) == 0 ? $"ref-{random.Next(5)}" : null,
            random.Next(3) == 0,
            random.Next(5) == 0 ? $"{{\"n\":{random.Next()}}}" : null)),
    ];

    private int PrintedSeed()
    {
        var given = Environment.GetEnvironmentVariable("TALLY_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"TALLY_SEED={seed}");
        return seed;
    }
}
