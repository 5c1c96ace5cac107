using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Tallystick.House.Tests.Mutants;

/// <summary>
/// Q18: the tests can fail. The list is kept true here; <c>./campaign mutants</c> builds each bug and runs its test.
/// </summary>
public sealed partial class MutantTests
{
    private const int MutantsMin = 30;
    private static readonly TimeSpan HangsAfter = TimeSpan.FromMinutes(2);
    private static readonly IReadOnlyList<Mutant> Mutants = Mutant.Read(Repository.Read(Mutant.List));

    [Fact]
    public void Every_mutant_fits_the_source_and_names_a_test_that_exists_Q18() => Check.None(
        Mutants.SelectMany(Faults).Concat(
            Mutants.CountBy(mutant => mutant.Name).Where(same => same.Value > 1).Select(same => $"{same.Key} twice")));

    [Fact]
    public void There_are_mutants_enough_and_of_every_project_that_decides_or_stores_Q18()
    {
        Assert.True(Mutants.Count >= MutantsMin, $"{Mutants.Count} mutants");
        Assert.Equal(
            ["Api", "Core", "Engine", "Gateway", "Server", "Store.Postgres", "Store.Sqlite"],
            Mutants.Select(mutant => ProjectName().Match(mutant.File).Groups[1].Value).Distinct().Order());
    }

    [Theory]
    [InlineData("a text that is not there")]
    [InlineData("using Xunit;")]
    public void A_mutant_that_no_longer_fits_is_found(string from)
    {
        var mutant = new Mutant("old", "", "a.cs", [(from, "")], "House.Tests", nameof(MutantTests));
        Assert.Throws<FormatException>(() => mutant.Apply("using Xunit;\nusing Xunit;\n"));
    }

    [Fact(Explicit = true)]
    public void Every_mutant_is_killed_by_its_test_Q18()
    {
        var given = (Environment.GetEnvironmentVariable("TALLY_MUTANTS") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries);
        var chosen = Mutants.Where(
            one => given.Length == 0 || given.Contains(one.Name) || given.Contains(one.Project)).ToList();
        var tree = new MutantTree();
        tree.Refresh();
        var survivors = chosen.GroupBy(mutant => mutant.Project).SelectMany(group => Survivors(tree, group)).ToList();
        Say($"{chosen.Count} mutants, {chosen.Count - survivors.Count} killed");
        Check.None(survivors);
    }

    /// <summary>The tests must pass without a bug, or that they fail with one says nothing.</summary>
    private static IEnumerable<string> Survivors(MutantTree tree, IGrouping<string, Mutant> mutants)
    {
        tree.Take(mutants.Key);
        var began = Stopwatch.GetTimestamp();
        var (pass, output) = tree.Test(mutants.Key, mutants.Select(mutant => mutant.Test).Distinct());
        if (!pass) throw new InvalidOperationException($"these fail without any mutant\n{output}");
        // A test that is merely slow on a busy machine has found nothing.
        var patience = HangsAfter + Stopwatch.GetElapsedTime(began);
        foreach (var mutant in mutants)
        {
            try
            {
                if (tree.Plant(mutant) is { } error) yield return $"{mutant.Name} does not build\n{error}";
                else if (tree.Survives(mutant, patience)) yield return $"{mutant.Name} lives: {mutant.What}";
                else Say($"killed {mutant.Name}: {mutant.What}");
            }
            finally
            {
                tree.Uproot(mutant);
            }
        }
    }

    private static IEnumerable<string> Faults(Mutant mutant)
    {
        if (!Repository.Files.Contains(mutant.File))
        {
            yield return $"{mutant.Name}: there is no {mutant.File}";
            yield break;
        }
        if (Record.Exception(() => mutant.Apply(Repository.Read(mutant.File))) is { } fault) yield return fault.Message;
        var folder = $"tests/Tallystick.{mutant.Project}/";
        var name = $" {mutant.TestName}(";
        if (!Repository.Files.Any(file => file.StartsWith(folder, StringComparison.Ordinal)
            && file.EndsWith(".cs", StringComparison.Ordinal)
            && Repository.Read(file).Contains(name, StringComparison.Ordinal)))
            yield return $"{mutant.Name}: {mutant.Project} has no {mutant.TestName}";
    }

    private static void Say(string line) => Console.WriteLine(line);

    [GeneratedRegex(@"^src/Tallystick\.([\w.]+)/")]
    private static partial Regex ProjectName();
}
