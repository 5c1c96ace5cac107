using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>
/// The importer, the book and the rating against the genai-prices package itself: same table, same random usages over
/// all its models, same cost. It needs node and npm. TALLY_SEED=n runs a seed again; TALLY_USAGES=n draws more for each
/// model.
/// </summary>
public sealed class GenaiDifferentialTests(ITestOutputHelper output)
{
    /// <summary>There they are binary floating-point numbers.</summary>
    private const double Tolerance = 1e-12;
    private const string Table = "prices/genai-prices/v2-data.json";

    [Fact]
    public void Random_usages_of_all_models_cost_what_genai_prices_itself_says()
    {
        var seed = Number("TALLY_SEED") ?? Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var table = SharedData.Read(Table);
        var draws = new GenaiRandom(new(seed), table).All(Number("TALLY_USAGES") ?? 12).ToList();
        var answers = Ask(draws);
        var book = new PriceBook(Said.Genai(Table));
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < draws.Count; i++)
        {
            var outcome = Compare(book, draws[i], answers[i]);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome.StartsWith("different", StringComparison.Ordinal))
                Assert.Fail(
                    $"TALLY_SEED={seed}: {JsonSerializer.Serialize(draws[i])}: {outcome}, they say {answers[i]}");
        }
        foreach (var (outcome, count) in outcomes) output.WriteLine($"{count,8} {outcome}");
        foreach (var expected in Expected) Assert.True(outcomes.ContainsKey(expected), $"never saw: {expected}");
    }

    private static readonly string[] Expected =
    [
        "same cost", "unknown to both", "refused by both", "no rate: refused here, free there",
        "impossible: refused here, free there",
    ];

    private static string Compare(PriceBook book, GenaiRandom.Draw draw, JsonElement answer)
    {
        var usage = UsageOf(draw);
        var at = Instant.From(draw.At);
        if (book.Find(usage, at, out var price) is not null)
            return answer.TryGetProperty("unknown", out _) ? "unknown to both"
                : IsFree(answer) ? "no rate: refused here, free there" : "different: unknown here";
        if (answer.TryGetProperty("unknown", out _)) return "different: unknown there";
        var rejection = Rating.Rate(usage, price, PriceTerms.AtCost, at, out var cost);
        return rejection switch
        {
            null when answer.TryGetProperty("error", out _) => "different: refused there",
            null => IsSame(cost, answer) ? "same cost" : $"different: {Said.Dollars(cost)}",
            _ when answer.TryGetProperty("error", out _) => "refused by both",
            Rejection.UnknownPrice => "no rate: refused here, free there",
            // A count above what includes it: refused here whether or not its rate is a rate of its own.
            Rejection.InvalidField r when r.Reason.StartsWith("more than", StringComparison.Ordinal) =>
                "impossible: refused here, free there",
            _ => $"different: {rejection}",
        };
    }

    private static bool IsFree(JsonElement answer) =>
        answer.TryGetProperty("total", out var total) && total.GetDouble() == 0;

    private static bool IsSame(Cost cost, JsonElement answer) =>
        IsNear(Said.Dollars(cost), answer.GetProperty("total"))
        && IsNear(Part(cost, TokenTraits.Input), answer.GetProperty("input"))
        && IsNear(Part(cost, TokenTraits.Output), answer.GetProperty("output"));

    private static Money.ExactDecimal Part(Cost cost, TokenTraits direction) =>
        Said.Sum(cost.Lines.Where(line => line.Unit.Traits.HasFlag(direction)));

    private static bool IsNear(Money.ExactDecimal exact, JsonElement answer)
    {
        var (ours, theirs) = (double.Parse(exact.ToString(), CultureInfo.InvariantCulture), answer.GetDouble());
        return Math.Abs(ours - theirs) <= Tolerance * Math.Max(1e-6, Math.Max(ours, theirs));
    }

    private static MeteredUsage UsageOf(GenaiRandom.Draw draw) => new()
    {
        Provider = draw.Provider, Model = draw.Model,
        Quantities = [.. draw.Usage.Select(count => new Quantity(
            GenaiUnit.TryFromUsageKey(count.Key, out var unit) ? unit : throw new FormatException(count.Key),
            Money.ExactDecimal.From(count.Value)))],
    };

    private static List<JsonElement> Ask(List<GenaiRandom.Draw> draws)
    {
        var folder = Directory.CreateTempSubdirectory("tally-genai-prices-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(
                Path.Combine(AppContext.BaseDirectory, "Pricing", "genai-prices")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            Run(folder, "npm", ["ci", "--no-audit", "--no-fund"], "");
            var lines = string.Join('\n', draws.Select(draw => JsonSerializer.Serialize(
                new { provider = draw.Provider, model = draw.Model, usage = draw.Usage, at = draw.At.ToString("O") })));
            var answers = Run(folder, "node", ["price.mjs", SharedData.PathOf(Table)], lines)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.Clone()).ToList();
            Assert.Equal(draws.Count, answers.Count);
            return answers;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Run(string folder, string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} did not start");
        var (answer, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {arguments[0]}: {errors.Result}");
        return answer.Result;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
