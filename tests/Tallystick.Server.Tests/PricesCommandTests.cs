using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Server.Tests.Crashes;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary><c>tally prices diff</c> as somebody meets it, beside a server and over a store.</summary>
public sealed class PricesCommandTests
{
    private const string Prices = """
        {"prices":[{"provider":"acme","model":"a","rates":{"input":"2","output":"8"}},
        {"provider":"acme","model":"b","rates":{"input":"1"}}]}
        """;

    private const string LiteLlm = """
        {"acme/a":{"litellm_provider":"acme","input_cost_per_token":1e-06},
        "a":{"litellm_provider":"acme","input_cost_per_token":3e-06,"output_cost_per_token":8e-06},
        "new":{"litellm_provider":"acme","input_cost_per_token":1e-06,"odd_cost":1}}
        """;

    [Fact]
    public async Task A_diff_says_the_same_of_a_server_and_of_its_store_and_changes_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("tally-prices-").FullName;
        var table = Path.Combine(folder, "table.json");
        await using var server = await TallyServer.StartAsync(folder);
        await PutAsync(server);
        await File.WriteAllTextAsync(table, LiteLlm, TestContext.Current.CancellationToken);
        var url = server.Http.BaseAddress!.ToString();
        string[] there = ["prices", "diff", table, "--url", url, "--key", TallyServer.AdminKey];
        string[] here = ["prices", "diff", table, "--data", folder];

        var (asked, read) = (await Tally.RunAsync(there), await Tally.RunAsync(here));
        var askedJson = await Tally.RunAsync([.. there, "--json"]);
        var readJson = await Tally.RunAsync([.. here, "--json"]);

        Assert.Equal((6, 6, ""), (asked.Code, read.Code, asked.Errors + read.Errors));
        Assert.Equal(read.Output, asked.Output);
        Assert.Equal(readJson.Output, askedJson.Output);
        Assert.StartsWith("table.json (litellm): 2 added, 1 changed, 1 ended, 0 the same, 1 not taken", read.Output);
        Assert.Matches(@"\n  acme/a *\n    input +2 +3 +\+50 %\n", read.Output);
        Assert.Matches(@"Ended.*\n  acme/b\n", read.Output);
        Assert.Contains("  new odd_cost: ", read.Output);
        Assert.True((bool)JsonNode.Parse(readJson.Output)!["dry_run"]!);
        var after = await server.Http.GetStringAsync(
            new Uri("/api/v1/prices?provider=acme", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(2, JsonNode.Parse(after)!["data"]!.AsArray().Count);
        await server.KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_diff_ends_with_what_it_found()
    {
        var folder = Directory.CreateTempSubdirectory("tally-prices-").FullName;
        var (same, broken) = (Path.Combine(folder, "same.json"), Path.Combine(folder, "broken.json"));
        await File.WriteAllTextAsync(same, Prices, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(broken, "{", TestContext.Current.CancellationToken);
        var models = Path.Combine(folder, "models.json");
        await File.WriteAllTextAsync(
            models, """{"acme":{"models":{"b":{"cost":{"input":1.5}}}}}""", TestContext.Current.CancellationToken);
        await using var server = await TallyServer.StartAsync(folder);
        await PutAsync(server);
        var url = server.Http.BaseAddress!.ToString();

        Assert.StartsWith(
            "models.json (models_dev): 0 added, 1 changed, 1 ended",
            (await Tally.RunAsync("prices", "diff", models, "--data", folder)).Output);
        Assert.Equal(0, (await Tally.RunAsync("prices", "diff", same, "--data", folder)).Code);
        Assert.Equal(2, (await Tally.RunAsync("prices", "diff", broken, "--data", folder)).Code);
        Assert.Equal(2, (await Tally.RunAsync("prices", "diff", same + ".none", "--data", folder)).Code);
        Assert.Equal(
            2, (await Tally.RunAsync("prices", "diff", same, "--data", folder, "--format", "genai_prices")).Code);
        Assert.Equal(3, (await Tally.RunAsync("prices", "diff", same, "--url", url, "--key", "nobody")).Code);
        Assert.Equal(3, (await Tally.RunAsync("prices", "diff", same, "--data", "/nowhere/at/all")).Code);
        await server.KillAsync();
        Assert.Equal(
            3, (await Tally.RunAsync("prices", "diff", same, "--url", url, "--key", TallyServer.AdminKey)).Code);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task PutAsync(TallyServer server)
    {
        using var prices = new StringContent(Prices, Encoding.UTF8, "application/json");
        using var put = await server.Http.PutAsync(
            new Uri("/api/v1/prices", UriKind.Relative), prices, TestContext.Current.CancellationToken);
        Assert.True(put.IsSuccessStatusCode);
    }
}
