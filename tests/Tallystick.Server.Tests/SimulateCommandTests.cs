using System.Text.Json.Nodes;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary><c>tally simulate</c> against a computation of its own: tokens times rates, and a balance.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private static readonly Instant From = BookWriter.Start.Plus(Duration.FromDays(2));
    private static readonly Instant To = BookWriter.Start.Plus(Duration.FromDays(40));
    private readonly BookFolder _folder = new();
    private readonly Random _random = new(5);

    /// <summary>What was recorded in the period: tokens of each model, by account, in order.</summary>
    private readonly List<(string Account, string Model, long Tokens, Instant At)> _usage = [];
    private readonly Dictionary<string, long> _granted = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Other_prices_bring_what_tokens_times_rates_are_and_accounts_run_out_when_their_sum_says()
    {
        await WriteAsync();
        var digest = (await Tally.RunAsync("digest", "--data", _folder.Path)).Output;
        await File.WriteAllTextAsync(File_("prices.json"), """
            {"prices":[{"provider":"acme","model":"large","rates":{"input":"25"},"markup":{"percent":"50"}}]}
            """, TestContext.Current.CancellationToken);

        var run = await Tally.RunAsync([.. Arguments, "--prices", File_("prices.json"), "--json"]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        var report = JsonNode.Parse(run.Output)!;
        var (revenue, provider, refused, ranOut) = Independent();
        Assert.Equal(Words(revenue.Values.Sum()), (string)report["total"]!["what_if"]!["revenue"]!);
        Assert.Equal(Words(provider), (string)report["total"]!["what_if"]!["provider_cost"]!);
        Assert.Equal(
            Words(revenue.Values.Sum() - provider), (string)report["total"]!["what_if"]!["margin"]!);
        Assert.Equal(
            revenue.OrderBy(one => one.Key).Select(one => $"{one.Key} {Words(one.Value)}"),
            report["models"]!.AsArray().Select(row => $"{row!["name"]} {row["what_if"]!["revenue"]}"));
        Assert.Equal(refused, (long)report["total"]!["refused_events"]!);
        Assert.Equal(
            ranOut.OrderBy(one => one.Value).ThenBy(one => one.Key).Select(one => $"{one.Key} {one.Value}"),
            report["ran_out"]!.AsArray().Select(one => $"{one!["account_id"]} {one["at"]}"));
        Assert.NotEmpty(ranOut);
        Assert.Equal(("1", "3.000000"), (
            (string)report["by_amount"]!["events"]!.ToString(), (string)report["by_amount"]!["in_fact"]!["revenue"]!));
        Assert.Equal(
            Words(_usage.Sum(one => one.Tokens * (one.Model == "large" ? 10 : 1))),
            (string)report["total"]!["in_fact"]!["revenue"]!);
        Assert.Equal(digest, (await Tally.RunAsync("digest", "--data", _folder.Path)).Output);
    }

    [Fact]
    public async Task With_prices_and_tiers_as_they_were_what_would_have_been_is_what_was()
    {
        using var sample = await BookFolder.WithSampleAsync();
        foreach (var day in new[] { 0, 1, 20 })
        {
            var from = BookWriter.Start.Plus(Duration.FromDays(day));
            var run = await Tally.RunAsync(
                "simulate", "--data", sample.Path, "--from", from.ToString(), "--to", "2027-01-01T00:00:00Z",
                "--json");

            Assert.Equal((0, ""), (run.Code, run.Errors));
            var report = JsonNode.Parse(run.Output)!;
            // Whoever has no tier has been priced again by the versions that stand; others of the sample have not.
            var without = report["tiers"]!.AsArray().Where(row => (string)row!["name"]! == "");
            foreach (var row in without.Append(report["by_amount"]))
            {
                Assert.Equal(row!["in_fact"]!.ToJsonString(), row["what_if"]!.ToJsonString());
                Assert.Equal((0, 0), ((int)row["refused_events"]!, (int)row["unpriced_events"]!));
            }
            Assert.Equal(0, (int)report["left_out"]!);
        }
    }

    /// <summary>
    /// Four charges of a million tokens at 10 credits in January and one in February: of a tier that gives two and a
    /// half millions a month 15 credits are paid, of one that gives nothing 50. Another account has no tier.
    /// </summary>
    [Theory]
    [InlineData(0, 2_500_000, 60, 25)]
    [InlineData(2_500_000, 0, 25, 60)]
    [InlineData(2_500_000, 2_500_000, 25, 25)]
    [InlineData(1_000_000, 9_000_000, 40, 10)]
    public async Task A_free_tier_is_free_by_the_tiers_that_are_asked_about_period_by_period(
        long inFact, long asked, long paid, long whatIf)
    {
        await using (var books = _folder.Open())
        {
            await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
            await books.ProjectAsync(new ProjectCommand.PutPrices([Price("large", 10)]));
            await books.ProjectAsync(new ProjectCommand.PutTier("plan", new() { FreeTier = Free(inFact) }));
            foreach (var name in new[] { "with", "without" })
                await books.AskAsync(name, new AccountCommand.PutAccount(name)
                {
                    Tier = name == "with" ? "plan" : null, OverdraftLimit = BookWriter.Credits(100),
                });
            await books.AdvanceAsync(Duration.FromDays(10));
            await ChargeAsync(books, "without");
            for (var i = 0; i < 5; i++)
            {
                await books.AdvanceAsync(Duration.FromDays(i == 4 ? 20 : 1));
                await ChargeAsync(books, "with");
            }
        }
        await File.WriteAllTextAsync(
            File_("tiers.json"),
            $"{{\"plan\":{{{(asked == 0 ? "" : $"\"free_tier\":{{\"tokens\":{asked}}}")}}}}}",
            TestContext.Current.CancellationToken);

        var run = await Tally.RunAsync([.. Arguments, "--tiers", File_("tiers.json"), "--json"]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        var total = JsonNode.Parse(run.Output)!["total"]!;
        Assert.Equal(
            (Words(paid * 1_000_000), Words(whatIf * 1_000_000)),
            ((string)total["in_fact"]!["revenue"]!, (string)total["what_if"]!["revenue"]!));

        static FreeTierTerms? Free(long tokens) => tokens == 0 ? null : new(null, tokens, []);
        static Task<ThingNumber> ChargeAsync(BookWriter books, string account) => books.AskAsync(
            account, new AccountCommand.ChargeCredits(Demand.Of(Usage("large", 1_000_000)), null), $"{books.Now}");
    }

    /// <summary>
    /// A charge of 10 is corrected to 5, of which refunds give back so much: here it would have been 20, of which as
    /// large a share of what is left comes back.
    /// </summary>
    [Theory]
    [InlineData(1_000_000, 4_000_000, 16_000_000)]
    [InlineData(2_500_000, 2_500_000, 10_000_000)]
    [InlineData(5_000_000, 0, 0)]
    public async Task A_refund_after_a_correction_is_the_share_of_what_the_correction_left(
        long refunded, long inFact, long whatIf)
    {
        await using (var books = _folder.Open())
        {
            await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
            await books.ProjectAsync(new ProjectCommand.PutPrices([Price("large", 10)]));
            await books.AskAsync("a", new AccountCommand.PutAccount("a")
            {
                OverdraftLimit = BookWriter.Credits(100),
            });
            await books.AdvanceAsync(Duration.FromDays(10));
            var charge = await books.AskAsync(
                "a", new AccountCommand.ChargeCredits(Demand.Of(Usage("large", 1_000_000)), null), "c");
            await books.ProjectAsync(
                new ProjectCommand.PutPrices([Price("large", 5) with { EffectiveFrom = BookWriter.Start }]));
            await books.RerateAsync("a");
            await books.AskAsync("a", new AccountCommand.RefundCharge(charge, new(refunded / 2), null), "r1");
            await books.AskAsync("a", new AccountCommand.RefundCharge(charge, new(refunded / 2), null), "r2");
        }
        await File.WriteAllTextAsync(
            File_("prices.json"), """{"prices":[{"provider":"acme","model":"large","rates":{"input":"20"}}]}""",
            TestContext.Current.CancellationToken);

        var run = await Tally.RunAsync([.. Arguments, "--prices", File_("prices.json"), "--json"]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        var total = JsonNode.Parse(run.Output)!["total"]!;
        Assert.Equal(
            (Words(inFact), Words(whatIf)),
            ((string)total["in_fact"]!["revenue"]!, (string)total["what_if"]!["revenue"]!));
    }

    [Fact]
    public async Task What_is_no_table_is_refused_and_a_project_that_is_not_there_not_found()
    {
        await WriteAsync();
        await File.WriteAllTextAsync(File_("no.json"), "[1]", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            File_("tiers.json"), """{"starter":{"allowance":"x"}}""", TestContext.Current.CancellationToken);

        Assert.Equal(2, (await Tally.RunAsync([.. Arguments, "--prices", File_("no.json")])).Code);
        var tiers = await Tally.RunAsync([.. Arguments, "--tiers", File_("tiers.json")]);
        Assert.Equal(2, tiers.Code);
        Assert.Contains("starter: allowance", tiers.Errors);
        Assert.Equal(4, (await Tally.RunAsync([.. Arguments, "--project", "9"])).Code);
    }

    private string[] Arguments =>
        ["simulate", "--data", _folder.Path, "--from", From.ToString(), "--to", To.ToString()];

    private string File_(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Ten accounts with a grant each; charges by two models before, in and after the period.</summary>
    private async Task WriteAsync()
    {
        await using var books = _folder.Open();
        await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
        await books.ProjectAsync(new ProjectCommand.PutPrices([Price("large", 10), Price("small", 1)]));
        for (var i = 0; i < 10; i++)
        {
            var (name, credits) = ($"a{i}", 400 + 100 * i);
            await books.AskAsync(name, new AccountCommand.PutAccount(name));
            await books.AskAsync(
                name, new AccountCommand.GiveCredits
                {
                    Amount = BookWriter.Credits(credits), Kind = GrantKind.Purchase, Bucket = "purchase",
                }, "g");
            _granted[name] = credits * 1_000_000L;
        }
        for (var step = 0; step < 200; step++)
        {
            await books.AdvanceAsync(6 * 3_600);
            var (name, model) = ($"a{_random.Next(10)}", _random.Next(2) == 0 ? "large" : "small");
            var tokens = _random.NextInt64(1, 4_000_000);
            var reply = await books.ReplyAsync(
                name, new AccountCommand.ChargeCredits(Demand.Of(Usage(model, tokens)), null), $"c{step}");
            if (reply is not Engine.Reply.Done) continue;
            if (books.Now >= From && books.Now < To) _usage.Add((name, model, tokens, books.Now));
            else if (books.Now < From) _granted[name] -= tokens * (model == "large" ? 10 : 1);
            if (step == 50)
            {
                await books.AskAsync(
                    name, new AccountCommand.ChargeCredits(Demand.Of(BookWriter.Credits(3)), null), "by-amount");
                _usage.Add((name, "", 3_000_000, books.Now));
            }
        }
    }

    /// <summary>Dollars a million are millionths a token: 25 and a half more of it, rounded up; 1.</summary>
    private (Dictionary<string, long> Revenue, long Provider, long Refused, Dictionary<string, Instant> RanOut)
        Independent()
    {
        var (left, revenue) = (new Dictionary<string, long>(_granted), new Dictionary<string, long>());
        var (provider, refused, ranOut) = (0L, 0L, new Dictionary<string, Instant>());
        foreach (var (account, model, tokens, at) in _usage)
        {
            var (own, total) = model switch
            {
                "large" => (tokens * 25, (tokens * 75 + 1) / 2),
                "small" => (tokens, tokens),
                _ => (0, tokens),
            };
            if (model.Length > 0) revenue.TryAdd(model, 0);
            if (total > left[account])
            {
                ranOut.TryAdd(account, at);
                refused += model.Length > 0 ? 1 : 0;
                continue;
            }
            left[account] -= total;
            if (model.Length == 0) continue;
            (revenue[model], provider) = (revenue[model] + total, provider + own);
        }
        _usage.RemoveAll(one => one.Model.Length == 0);
        return (revenue, provider, refused, ranOut);
    }

    private static string Words(long micros) => new CreditAmount(micros).ToString();

    private static Price Price(string model, long rate) => new()
    {
        Selector = new("acme", model, null, []),
        Standard = new(RateTable.Of([new(Unit.Input, ExactDecimal.From(rate))]), []),
    };

    private static MeteredUsage Usage(string model, long tokens) => new()
    {
        Provider = "acme", Model = model, Quantities = [new(Unit.Input, ExactDecimal.From(tokens))],
    };
}
