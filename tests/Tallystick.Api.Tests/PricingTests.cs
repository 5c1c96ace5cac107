using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Prices and usages over HTTP: the same figures in estimate, check, charge, hold and capture.</summary>
public sealed class PricingTests
{
    private const string Sonnet = """
        {"prices":[{"provider":"acme","model":"m","aliases":["m-[0-9]*"],
        "rates":{"input":"3","output":15,"cache_read":"0.3"},
        "tiers":[{"above_input_tokens":200000,"rates":{"input":"6","output":"22.5"}}],
        "modes":{"batch":{"factor":"0.5"}},"regions":{"eu":"1.1"},"source":"today"}]}
        """;

    private const string Usage = """
        {"provider":"acme","model":"m","input_tokens":1000,"cache_read_tokens":400,"output_tokens":100}
        """;

    [Fact]
    public async Task Estimate_check_charge_hold_and_capture_give_one_figure_line_by_line()
    {
        await using var server = await StartAsync();
        var costs = new List<string>();
        async Task Add(string method, string path, string body, string? key, string? amount)
        {
            var (status, answer, _) = await server.SendAsync(method, path, body, key);
            Assert.True(status < 300, $"{path}: {answer}");
            if (amount is not null) Assert.Equal("0.003420", (string?)answer![amount]);
            costs.Add(((answer!["cost"] ?? answer)!).ToJsonString());
        }
        await Add("POST", "/api/v1/estimate", $$"""{"usage":{{Usage}}}""", null, null);
        await Add("POST", "/api/v1/check", Asking(Usage), null, "required");
        await Add("POST", "/api/v1/charges", Asking(Usage), "c", "amount");
        await Add("POST", "/api/v1/holds", Asking(Usage), "h", "amount");
        var hold = (string)(await server.SendAsync("GET", "/api/v1/holds?account_id=a")).Body!["data"]![0]!["id"]!;
        await Add("POST", $"/api/v1/holds/{hold}/capture", $$"""{"usage":{{Usage}}}""", null, "amount");
        Assert.Single(costs.Distinct());
        var cost = JsonNode.Parse(costs[0])!;
        Assert.Equal(
            ("0.003420", "0.000000", "0.003420"),
            ((string)cost["provider_cost"]!, (string)cost["platform_markup"]!, (string)cost["total_cost"]!));
        Assert.Equal(
            ["input_tokens 600 3 0.0018", "cache_read_tokens 400 0.3 0.00012", "output_tokens 100 15 0.0015"],
            from line in cost["lines"]!.AsArray()
            select $"{line["unit"]} {line["quantity"]} {line["rate"]} {line["cost"]}");
        var price = await server.SendAsync("GET", $"/api/v1/prices/{cost["price_id"]}");
        Assert.Equal("today", (string?)price.Body!["source"]);
    }

    [Fact]
    public async Task A_replay_gives_the_same_bytes_after_the_price_and_the_settings_have_changed()
    {
        await using var server = await StartAsync();
        var body = Asking(Usage);
        var first = await server.SendAsync("POST", "/api/v1/charges", body, "k");
        await PutAsync(server, Sonnet.Replace("\"3\"", "\"30\"", StringComparison.Ordinal));
        await server.SendAsync("PATCH", "/api/v1/project", """{"credits_per_usd":"1000","markup":{"percent":"20"}}""");
        var again = await server.SendAsync("POST", "/api/v1/charges", body, "k");
        Assert.Equal(first.Body!.ToJsonString(), again.Body!.ToJsonString());
        Assert.Equal("true", again.Raw.Headers.GetValues("Idempotent-Replayed").Single());
        // Another spelling of the same counts is the same usage; other counts are another request.
        var spelled = body.Replace(":100}", ": 100, \"mode\": \"standard\"}", StringComparison.Ordinal);
        Assert.NotEqual(body, spelled);
        again = await server.SendAsync("POST", "/api/v1/charges", spelled, "k");
        Assert.Equal(first.Body.ToJsonString(), again.Body!.ToJsonString());
        var other = body.Replace(":100}", ":101}", StringComparison.Ordinal);
        Assert.Equal(422, (await server.SendAsync("POST", "/api/v1/charges", other, "k")).Status);
        // A new key is priced anew: 0.0195 dollars, a fifth more, a thousand credits each.
        var anew = await server.SendAsync("POST", "/api/v1/charges", body, "k2");
        Assert.Equal("23.544000", (string?)anew.Body!["amount"]);
        Assert.Equal("3.924000", (string?)anew.Body["cost"]!["platform_markup"]);
    }

    [Fact]
    public async Task The_transaction_keeps_usage_cost_and_the_provider_s_own_object()
    {
        await using var server = await StartAsync();
        var usage = Usage.Trim().TrimEnd('}') + ""","region":"eu","raw":{"prompt_tokens":1000,"x":[1]}}""";
        var charge = await server.SendAsync("POST", "/api/v1/charges", Asking(usage), "k");
        Assert.Equal("0.003762", (string?)charge.Body!["amount"]);
        var path = $"/api/v1/transactions/{charge.Body["transaction_id"]}";
        var transaction = (await server.SendAsync("GET", path)).Body!;
        var kept = transaction["transaction"]!["usage"]!;
        Assert.Equal(
            ("eu", 400, 1000),
            ((string)kept["region"]!, (int)kept["cache_read_tokens"]!, (int)kept["raw"]!["prompt_tokens"]!));
        Assert.Null(kept["images"]);
        Assert.Equal(charge.Body["cost"]!.ToJsonString(), transaction["transaction"]!["cost"]!.ToJsonString());
        var explained = transaction["explanation"]!.ToJsonString();
        Assert.Contains("600 input_tokens at 3.3 a million: 0.00198", explained, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"provider":"acme","model":"n","input_tokens":1}""", 422, "unknown_price", null)]
    [InlineData("""{"provider":"acme","model":"m","images":1}""", 422, "unknown_price", null)]
    [InlineData("""{"provider":"acme","model":"m"}""", 400, "invalid_request", "usage")]
    [InlineData("""{"provider":"acme","input_tokens":1}""", 400, "invalid_request", "usage.model")]
    [InlineData(
        """{"model":"m","input_tokens":1,"cache_read_tokens":2}""", 400, "invalid_request", "usage.cache_read_tokens")]
    [InlineData("""{"model":"m","input_tokens":-1}""", 400, "invalid_request", "usage.input_tokens")]
    [InlineData("""{"model":"m","input_tokens":1.5}""", 400, "invalid_request", "usage.input_tokens")]
    [InlineData("""{"model":"m","mode":"fast","input_tokens":1}""", 400, "invalid_request", "usage.mode")]
    [InlineData("""{"model":"m","tokens":1}""", 400, "invalid_request", "usage.tokens")]
    [InlineData("""{"model":"m","units":{"input_tokens":1}}""", 400, "invalid_request", "usage.units.input_tokens")]
    [InlineData("""{"model":"m","units":{"Web Searches":1}}""", 400, "invalid_request", "usage.units.Web Searches")]
    [InlineData("""{"model":"m","seconds":"-1"}""", 400, "invalid_request", "usage.seconds")]
    public async Task What_cannot_be_priced_is_refused_everywhere_alike(
        string usage, int status, string code, string? field)
    {
        await using var server = await StartAsync();
        (string Path, string? Key, string Body)[] calls =
        [
            ("estimate", null, $$"""{"usage":{{usage}}}"""), ("check", null, Asking(usage)),
            ("charges", "k", Asking(usage)), ("holds", "k", Asking(usage)),
        ];
        foreach (var (path, key, asked) in calls)
        {
            var (got, body, _) = await server.SendAsync("POST", $"/api/v1/{path}", asked, key);
            Assert.Equal((path, status, code), (path, got, (string?)body!["code"]));
            if (field is not null) Assert.Contains(field, body["errors"]!.AsObject().Select(error => error.Key));
        }
        var balance = await server.SendAsync("GET", "/api/v1/accounts/a/balance");
        Assert.Equal("100.000000", (string?)balance.Body!["balance"]);
    }

    [Fact]
    public async Task Either_an_amount_or_a_usage_is_given()
    {
        await using var server = await StartAsync();
        const string neither = """{"account_id":"a"}""";
        const string both = $$"""{"account_id":"a","amount":"1","usage":{{Usage}}}""";
        foreach (var body in (string[])[neither, both])
        {
            Assert.Equal(400, (await server.SendAsync("POST", "/api/v1/charges", body, "k")).Status);
            Assert.Equal(400, (await server.SendAsync("POST", "/api/v1/holds", body, "k")).Status);
            Assert.Equal(400, (await server.SendAsync("POST", "/api/v1/check", body)).Status);
        }
    }

    [Fact]
    public async Task What_is_too_dear_says_how_many_output_tokens_would_pass_and_they_do()
    {
        await using var server = await StartAsync();
        const string big = """{"provider":"acme","model":"m","input_tokens":1000,"output_tokens":9000000}""";
        var refused = await server.SendAsync("POST", "/api/v1/charges", Asking(big), "k");
        Assert.Equal(402, refused.Status);
        var most = (long)refused.Body!["affordable_max_tokens"]!;
        var asked = await server.SendAsync("POST", "/api/v1/check", Asking(big));
        Assert.Equal(most, (long)asked.Body!["affordable_max_tokens"]!);
        foreach (var (tokens, allowed) in new[] { (most, true), (most + 1, false) })
        {
            var body = big.Replace("9000000", $"{tokens}", StringComparison.Ordinal);
            var check = await server.SendAsync("POST", "/api/v1/check", Asking(body));
            Assert.Equal(allowed, (bool)check.Body!["allowed"]!);
        }
    }

    [Fact]
    public async Task Of_output_alone_too_it_is_said_how_much_would_pass()
    {
        await using var server = await StartAsync();
        const string usage = """{"provider":"acme","model":"m","output_tokens":9000000000}""";
        var asked = await server.SendAsync("POST", "/api/v1/check", Asking(usage));
        var most = (long)asked.Body!["affordable_max_tokens"]!;
        foreach (var (tokens, allowed) in new[] { (most, true), (most + 1, false) })
        {
            var body = usage.Replace("9000000000", $"{tokens}", StringComparison.Ordinal);
            Assert.Equal(
                allowed, (bool)(await server.SendAsync("POST", "/api/v1/check", Asking(body))).Body!["allowed"]!);
        }
    }

    [Fact]
    public async Task A_price_that_comes_back_after_another_in_the_same_request_does_so()
    {
        await using var server = await StartAsync();
        const string line = """{"provider":"acme","model":"back","effective_from":"DATE","rates":{"input":"RATE"}}""";
        string version(string date, int rate) => line
            .Replace("DATE", $"{date}T00:00:00Z", StringComparison.Ordinal)
            .Replace("RATE", $"{rate}", StringComparison.Ordinal);
        foreach (var versions in new[]
        {
            version("2025-01-01", 3), $"{version("2025-02-01", 2)},{version("2025-03-01", 3)}",
        })
            (await server.SendAsync("PUT", "/api/v1/prices", $$"""{"prices":[{{versions}}]}""")).Must(200);
        foreach (var (day, rate) in new[] { ("2025-01-31", "3"), ("2025-02-28", "2"), ("2025-03-01", "3") })
        {
            var book = await server.SendAsync("GET", $"/api/v1/prices?at={day}T12:00:00Z&limit=1000");
            var price = book.Data.Single(one => (string?)one["model"] == "back");
            Assert.Equal((day, rate), (day, (string)price["rates"]!["input"]!));
        }
    }

    [Fact]
    public async Task Prices_are_listed_as_of_an_instant_and_put_again_they_change_nothing()
    {
        await using var server = await StartAsync();
        var again = await PutAsync(server, Sonnet);
        Assert.Equal((0, 1), (again["added"]!.AsArray().Count, (int)again["unchanged"]!));
        await PutAsync(server, """
            {"prices":[{"provider":"acme","model":"m","effective_from":"2026-06-01T00:00:00Z","rates":{"input":"1"}}]}
            """);
        Assert.Equal("3", await RateAsync("2026-05-31T23:59:59Z"));
        Assert.Equal("1", await RateAsync("2026-06-01T00:00:00Z"));

        async Task<string?> RateAsync(string at)
        {
            var (_, body, _) = await server.SendAsync("GET", $"/api/v1/prices?model=m&at={at}");
            return (string?)Assert.Single(body!["data"]!.AsArray())!["rates"]!["input"];
        }
    }

    [Fact]
    public async Task Pages_of_prices_show_each_once()
    {
        await using var server = await StartAsync();
        var many = string.Join(
            ',', from i in Enumerable.Range(0, 25)
                 select $$$"""{"provider":"p{{{i % 3}}}","model":"x{{{i}}}","rates":{"input":"1"}}""");
        await PutAsync(server, $$"""{"prices":[{{many}}]}""");
        var seen = new List<string>();
        for (string? cursor = null; ;)
        {
            var query = cursor is null ? "limit=7" : $"limit=7&cursor={cursor}";
            var (_, page, _) = await server.SendAsync("GET", $"/api/v1/prices?{query}");
            seen.AddRange(page!["data"]!.AsArray().Select(price => (string)price!["id"]!));
            if ((cursor = (string?)page["next_cursor"]) is null) break;
        }
        Assert.Equal((26, 26), (seen.Count, seen.Distinct().Count()));
    }

    [Fact]
    public async Task An_import_shows_first_what_it_would_change()
    {
        await using var server = await StartAsync();
        const string table = """
            {"acme/m":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":1e-06,"odd_cost":1},
            "new":{"litellm_provider":"acme","input_cost_per_token":2e-06},"none":{"litellm_provider":"acme"}}
            """;
        const string path = "/api/v1/prices/import?format=litellm";
        var dry = (await server.SendAsync("POST", path + "&dry_run=true", table)).Body!;
        Assert.Equal(2, dry["added"]!.AsArray().Count);
        Assert.Equal(
            ["acme/m odd_cost", "none "],
            dry["left_out"]!.AsArray().Select(left => $"{left!["entry"]} {left["member"]}"));
        Assert.Single((await server.SendAsync("GET", "/api/v1/prices")).Body!["data"]!.AsArray());
        Assert.False((bool)(await server.SendAsync("POST", path, table)).Body!["dry_run"]!);
        Assert.Equal(3, (await server.SendAsync("GET", "/api/v1/prices")).Body!["data"]!.AsArray().Count);
        var dearer = table.Replace("2e-06", "3e-06", StringComparison.Ordinal);
        var again = (await server.SendAsync("POST", path, dearer)).Body!;
        Assert.Equal((0, 1), (again["added"]!.AsArray().Count, (int)again["unchanged"]!));
        var change = Assert.Single(again["changed"]!.AsArray())!;
        Assert.Equal("2", (string?)change["before"]!["rates"]!["input"]);
        Assert.Equal("3", (string?)change["after"]!["rates"]!["input"]);
        Assert.Equal(400, (await server.SendAsync("POST", "/api/v1/prices/import?format=csv", table)).Status);
        Assert.Equal(400, (await server.SendAsync("POST", path, "[]")).Status);
        Assert.Equal(400, (await server.SendAsync("POST", path, "{")).Status);

        // What is recorded is what its dry run said, also of a table with a text that is none.
        const string odd = """{"odd":{"litellm_provider":"acme","input_cost_per_token":1e-6,"source":"\ud800"}}""";
        foreach (var query in new[] { "&dry_run=true", "" })
            Assert.Single((await server.SendAsync("POST", path + query, odd)).Must(200).Body!["added"]!.AsArray());
    }

    [Fact]
    public async Task The_table_of_models_dev_is_imported_as_it_is()
    {
        await using var server = await StartAsync();
        const string table = """
            {"acme":{"id":"acme","models":{"next":{"id":"next","cost":{"input":0.05,"output":15,"per_minute":1}}}}}
            """;

        var answer = (await server.SendAsync("POST", "/api/v1/prices/import?format=models_dev", table)).Must(200).Body!;

        Assert.Equal("acme/next", (string?)Assert.Single(answer["added"]!.AsArray()));
        Assert.Equal("cost.per_minute", (string?)Assert.Single(answer["left_out"]!.AsArray())!["member"]);
        var price = (await server.SendAsync("GET", "/api/v1/prices?model=next")).Body!["data"]![0]!;
        Assert.Equal(("0.05", "models_dev"), ((string?)price["rates"]!["input"], (string?)price["source"]));
        Assert.Equal(400, (await server.SendAsync("POST", "/api/v1/prices/import?format=models_dev", "{}")).Status);
    }

    [Fact]
    public async Task A_table_of_our_own_form_is_taken_price_by_price_and_its_dry_run_names_every_figure()
    {
        await using var server = await StartAsync();
        await PutAsync(server, """
            {"prices":[{"provider":"acme","model":"a","rates":{"input":"2","output":"8"}},
            {"provider":"acme","model":"b","rates":{"input":"1"}}]}
            """);
        const string table = """
            {"prices":[{"provider":"acme","model":"a","rates":{"input":"3","output":"8"}},
            {"provider":"acme","model":"c","rates":{"input":"1"}},
            {"provider":"acme","model":"d","rates":{"input":"-1"}},{"model":7}]}
            """;
        const string path = "/api/v1/prices/import?format=tallystick";

        var (status, dry, _) = await server.SendAsync("POST", path + "&dry_run=true", table);

        Assert.Equal(200, status);
        Assert.Equal(("acme/c", "acme/b"), ((string)dry!["added"]![0]!, (string)dry["ended"]![0]!));
        var change = Assert.Single(dry["changed"]!.AsArray())!;
        var rate = Assert.Single(change["rates"]!.AsArray())!;
        Assert.Equal(
            ("input", "2", "3", "50"),
            ((string)rate["rate"]!, (string)rate["before"]!, (string)rate["after"]!, (string)rate["percent"]!));
        Assert.Equal(
            ["prices[2]", "prices[3]"], dry["left_out"]!.AsArray().Select(left => (string)left!["entry"]!));
        var done = (await server.SendAsync("POST", path, table)).Body!;
        done["dry_run"] = true;
        Assert.Equal(dry.ToJsonString(), done.ToJsonString());
        var again = (await server.SendAsync("POST", path, table)).Body!;
        Assert.Equal(
            (0, 0, 2), (again["added"]!.AsArray().Count, again["changed"]!.AsArray().Count, (int)again["unchanged"]!));
    }

    [Theory]
    [InlineData("""{"rates":{"input":"1"}}""", "prices[0].model")]
    [InlineData("""{"model":"m"}""", "prices[0].rates")]
    [InlineData("""{"model":"m","rates":{"input_tokens":"1"}}""", "prices[0].rates.input_tokens")]
    [InlineData("""{"model":"m","rates":{"input":"-1"}}""", "prices[0].rates.input")]
    [InlineData("""{"model":"m[","rates":{"input":"1"}}""", "prices[0].model")]
    [InlineData("""{"model":"m","rates":{"input":"1"},"modes":{"slow":{}}}""", "prices[0].modes.slow")]
    [InlineData(
        """{"model":"m","rates":{"input":"1"},"tiers":[{"above_input_tokens":0,"rates":{}}]}""", "prices[0].tiers")]
    [InlineData(
        """{"model":"m","rates":{"input":"1"},"windows":[{"hours_utc":["25:00-26:00"],"rates":{}}]}""",
        "prices[0].windows")]
    [InlineData("""{"model":"m","rates":{"input":"1"},"currency":"EUR"}""", "prices[0].currency")]
    public async Task A_price_that_says_something_impossible_is_refused(string price, string field)
    {
        await using var server = await StartAsync();
        var (status, body, _) = await server.SendAsync("PUT", "/api/v1/prices", $$"""{"prices":[{{price}}]}""");
        Assert.Equal(400, status);
        Assert.Contains(field, body!["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task Only_an_admin_changes_prices_and_settings()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(403, (await server.SendAsync("PUT", "/api/v1/prices", Sonnet)).Status);
        Assert.Equal(403, (await server.SendAsync("POST", "/api/v1/prices/import?format=litellm", "{}")).Status);
        Assert.Equal(403, (await server.SendAsync("PATCH", "/api/v1/project", "{}")).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/api/v1/project")).Status);
    }

    [Fact]
    public async Task Settings_show_what_was_set_and_a_tier_multiplies()
    {
        await using var server = await StartAsync();
        var (_, set, _) = await server.SendAsync("PATCH", "/api/v1/project", """
            {"refund_grace":60,"credits_per_usd":1e2,"markup":{"percent":"10","fixed":"0.01"},
            "multipliers":{"models":{"m":"2"}}}
            """);
        Assert.Equal((60, "100", "10", "2"), ((int)set!["refund_grace"]!, (string)set["credits_per_usd"]!,
            (string)set["markup"]!["percent"]!, (string)set["multipliers"]!["models"]!["m"]!));
        Assert.Equal(set.ToJsonString(), (await server.SendAsync("GET", "/api/v1/project")).Body!.ToJsonString());
        await server.SendAsync("PUT", "/api/v1/tiers/half", """{"multiplier":"0.5"}""");
        await server.SendAsync("PUT", "/api/v1/accounts/a", """{"tier":"half"}""");
        // 0.00342 dollars · 100 · 2 · 0.5 · 1.1 + 0.01 · 100
        var charge = await server.SendAsync("POST", "/api/v1/charges", Asking(Usage), "k");
        Assert.Equal("1.376200", (string?)charge.Body!["amount"]);
        Assert.Equal(400, (await server.SendAsync("PATCH", "/api/v1/project", """{"credits_per_usd":0}""")).Status);
    }

    private static string Asking(string usage) => $$"""{"account_id":"a","usage":{{usage}}}""";

    private static async Task<ApiServer> StartAsync()
    {
        var server = await ApiServer.StartAsync(isAdmin: true);
        await PutAsync(server, Sonnet);
        await server.SendAsync("PUT", "/api/v1/accounts/a", "{}");
        await server.SendAsync("POST", "/api/v1/accounts/a/grants", """{"amount":"100"}""", "g");
        return server;
    }

    private static async Task<JsonNode> PutAsync(ApiServer server, string prices)
    {
        var (status, body, _) = await server.SendAsync("PUT", "/api/v1/prices", prices);
        Assert.True(status == 200, body?.ToJsonString());
        return body!;
    }
}
