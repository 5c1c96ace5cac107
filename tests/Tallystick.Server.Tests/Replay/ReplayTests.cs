using System.Text;
using Tallystick.Server.Replay;
using Tallystick.Server.Replay.Traces;
using Xunit;

namespace Tallystick.Server.Tests.Replay;

/// <summary>The real <c>tally replay</c>, which starts, kills and verifies a real server.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task With_duplicates_reordering_and_kill_9_the_sums_are_those_of_the_quiet_run()
    {
        string[] trace = SharedTraces.ArePresent
            ? ["--trace", SharedTraces.Path("AzureLLMInferenceTrace_code.csv")]
            : [];
        string[] common = [.. trace, "--requests", "600", "--accounts", "12", "--seed", "3", "--max-output", "64"];
        var quiet = await RunAsync(common);
        var rough = await RunAsync(
            [.. common, "--duplicates", "40", "--reorder", "40", "--kill-every", "300", "--at-once", "24"]);

        Assert.True(quiet.Code == 0 && rough.Code == 0, quiet.Output + rough.Output);
        Assert.Contains("The server was killed 4 times", rough.Output);
        Assert.Contains("both answers were the same, byte for byte", rough.Output);
        Assert.Contains("requests were cut off or put off, and sent again", rough.Output);
        Assert.All([quiet.Output, rough.Output], output =>
        {
            Assert.Contains("12 accounts reconciled, each to the millionth of a credit", output);
            Assert.Contains("The books hold", output);
        });
        Assert.Equal(Journal(quiet.Output), Journal(rough.Output));
        Assert.Equal(7, Journal(rough.Output).Count);
    }

    [Fact]
    public async Task What_nobody_planned_is_found_and_named()
    {
        await using var server = await OwnServer.StartAsync(null, CancellationToken.None);
        var options = new ReplayOptions
        {
            Trace = MadeUpTrace.Make(60, 9), Rates = TokenRates.Default, Accounts = 4, Seed = 9, AtOnce = 8,
            OutputTokensMax = 256, DuplicatePercent = 20, ReorderPercent = 0, KillEvery = 0,
        };
        var plan = Planner.Make(options);
        var tally = new ReplayTally();
        using var ledger = new LedgerClient(() => server.Address, server.Key, 16, TimeProvider.System);
        var run = new ReplayRun(plan, options, ledger, tally, TimeProvider.System);
        await run.OpenAccountsAsync(CancellationToken.None);
        await run.RunCallsAsync(CancellationToken.None);
        await run.FinishAsync(CancellationToken.None);
        Assert.Empty(tally.Faults);

        var stray = plan.Accounts[1].AccountId;
        var charge = new LedgerCall(
            HttpMethod.Post, "/api/v1/charges",
            Encoding.UTF8.GetBytes($$"""{"account_id":"{{stray}}","amount":"0.000001"}"""), "stray");
        Assert.Equal(201, (await ledger.SendAsync(charge, CancellationToken.None)).Status);
        var reconciliation = new Reconciliation(plan, ledger, TimeSpan.FromSeconds(3));
        await reconciliation.RunAsync(4, CancellationToken.None);
        Assert.Equal(3, reconciliation.Differences.Count);
        Assert.Equal($"{stray}: nobody asked for charge", reconciliation.Differences[0]);
        Assert.StartsWith($"{stray}: balance should be", reconciliation.Differences[1]);
        Assert.StartsWith($"{stray}: available should be", reconciliation.Differences[2]);
    }

    [Fact]
    public async Task A_running_server_is_driven_by_url_and_its_store_verified_where_it_is_named()
    {
        await using var server = await OwnServer.StartAsync(null, CancellationToken.None);
        string[] arguments =
        [
            "--requests", "80", "--accounts", "3", "--seed", "4", "--key", server.Key,
            "--url", server.Address.ToString(),
        ];
        var first = await RunAsync([.. arguments, "--data", server.Folder]);
        Assert.True(first.Code == 0, first.Output);
        Assert.Contains("The books hold", first.Output);
        var second = await RunAsync([.. arguments, "--no-verify"]);
        Assert.Equal(1, second.Code);
        Assert.Contains("give another --seed", second.Output);
    }

    [Theory]
    [InlineData("--url http://127.0.0.1:1 --key k --kill-every 5", "only a server of its own")]
    [InlineData("--url http://127.0.0.1:1 --key k", "--no-verify")]
    [InlineData("--data /tmp", "is not empty")]
    [InlineData("--speed 0", "--speed takes")]
    [InlineData("--rates input=3", "rates for input and output")]
    [InlineData("--duplicates 101", "--duplicates takes 0 to 100")]
    public async Task Options_that_make_no_sense_are_usage(string arguments, string said)
    {
        var (code, output) = await RunAsync(arguments.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(said, output);
    }

    /// <summary>The rows of the journal's table; each ends with its difference.</summary>
    private static List<string> Journal(string output)
    {
        var rows = output.Split('\n').SkipWhile(line => !line.StartsWith("  Journal", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.Length > 0).ToList();
        Assert.All(rows, row => Assert.EndsWith(" 0.000000", row));
        return rows;
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var result = await Tally.RunAsync(arguments.Prepend("replay"));
        return (result.Code, result.Output + result.Errors);
    }
}
