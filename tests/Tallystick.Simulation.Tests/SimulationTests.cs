using Xunit;

namespace Tallystick.Simulation.Tests;

/// <summary>
/// The real rules, lanes, housekeeping and stores under a scheduler, a clock and a network that one seed decides.
/// </summary>
public sealed class SimulationTests(SimulationFixture fixture, ITestOutputHelper output)
{
    private const int Operations = 200, AtOnce = 4;
    private static readonly int Seeds = Number("TALLY_SIMULATION_SEEDS", 2_000);
    private static readonly int PostgresSeeds = Number("TALLY_SIMULATION_POSTGRES_SEEDS", 16);

    /// <summary>Varies from day to day, so that the same few are not tried for ever.</summary>
    private static readonly int First = Number(
        "TALLY_SIMULATION_SEED", TimeProvider.System.GetUtcNow().DayOfYear * 100_000);

    [Fact]
    public void Whatever_happens_to_one_node_the_books_hold_Q5() =>
        Explore(Enumerable.Range(First, Seeds), () => new SqliteBacking());

    [Fact]
    public void Whatever_happens_to_several_nodes_the_books_hold_Q5() =>
        Explore(Enumerable.Range(First, PostgresSeeds), OpenPostgres);

    [Fact]
    public void Seeds_that_once_failed_hold_Q5()
    {
        Explore(Remembered("sqlite"), () => new SqliteBacking());
        Explore(Remembered("postgres"), OpenPostgres);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_seed_happens_again_line_by_line_Q5(bool isPostgres)
    {
        Func<Backing> open = isPostgres ? OpenPostgres : () => new SqliteBacking();
        var operations = isPostgres ? Operations / 2 : Operations;
        foreach (var seed in isPostgres ? [1] : new[] { 1, 2, 3, 4, 5 })
            Assert.Equal(
                Simulation.Run(seed, open, operations).Log, Simulation.Run(seed, open, operations).Log);
    }

    [Theory]
    [InlineData(Flaw.AnswersBeforeItIsDurable, false)]
    [InlineData(Flaw.AnswersBeforeItIsDurable, true)]
    [InlineData(Flaw.ForgetsKeys, false)]
    [InlineData(Flaw.ReadsOldStates, true)]
    public void A_bug_that_was_planted_is_found_Q5(Flaw flaw, bool isPostgres)
    {
        Func<Backing> open = isPostgres ? OpenPostgres : () => new SqliteBacking();
        var found = Enumerable.Range(1, 20).Select(seed => Simulation.Run(seed, open, Operations, flaw))
            .FirstOrDefault(result => result.Failure is not null);
        Assert.NotNull(found);
        output.WriteLine($"{flaw}: seed {found.Seed}, {found.Failure!.Message}");
    }

    private PostgresBacking OpenPostgres() =>
        new(Task.Run(() => fixture.Cluster.CreateDatabaseAsync()).GetAwaiter().GetResult());

    private void Explore(IEnumerable<int> seeds, Func<Backing> open)
    {
        var (runs, entries, kills) = (0L, 0L, 0L);
        // Each run has one thread, and waits now and then for one that it does not know.
        Parallel.ForEach(seeds, new() { MaxDegreeOfParallelism = AtOnce }, seed =>
        {
            var result = Simulation.Run(seed, open, Operations);
            Assert.True(result.Failure is null, result.ToString());
            Interlocked.Increment(ref runs);
            Interlocked.Add(ref entries, result.Entries);
            Interlocked.Add(ref kills, result.Kills);
        });
        output.WriteLine(
            $"{runs} seeds from {First}, {runs * Operations} operations, {entries} entries, {kills} kills");
    }

    private static IEnumerable<int> Remembered(string store) =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Seeds.txt"))
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where words.Length > 1 && words[0] == store
        select int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;
}
