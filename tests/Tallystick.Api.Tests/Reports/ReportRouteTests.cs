using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Reports;

/// <summary>The shapes of reports, on an account where nothing has happened and on one where much has.</summary>
public abstract class ReportRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : ReportRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : ReportRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : ReportRouteTests(StoreKind.Postgres);

    private const string Zeros = """
        "total_events":0,"total_tokens":0,"total_cost":"0.000000","provider_cost":"0.000000",
        "platform_markup":"0.000000","refunded":"0.000000","free_tier_events":0,"paid_tier_events":0,"input_tokens":0,
        "output_tokens":0,"cache_read_tokens":0,"cache_write_tokens":0,"reasoning_tokens":0
        """;

    [Fact]
    public async Task Where_nothing_has_happened_reports_are_zeros_and_never_null()
    {
        using var holder = await HolderAsync();
        var summary = (await OwnAsync(holder, "usage/summary")).Body!.AsObject();
        Assert.Equal("""{"start":"2025-12-02T00:00:00Z","end":"2026-01-01T00:15:00Z","time_zone":"UTC"}""",
            summary["period"]!.ToJsonString());
        Assert.Equal("{}", summary["services"]!.ToJsonString());
        foreach (var (name, value) in JsonNode.Parse($"{{{Zeros}}}")!.AsObject())
            Assert.Equal(value!.ToJsonString(), summary[name]!.ToJsonString());
        Assert.Equal("[]", (await OwnAsync(holder, "usage/by-model")).Body!["data"]!.ToJsonString());
        Assert.Equal("[]", (await OwnAsync(holder, "usage/by-service")).Body!["data"]!.ToJsonString());
        var days = (await OwnAsync(holder, "usage/daily")).Data.ToList();
        Assert.Equal(30, days.Count);
        Assert.All(days, day => Assert.Equal(0, (int)day["total_events"]!));
        Assert.Equal("[]", (await OwnAsync(holder, "transactions")).Body!.ToJsonString());
        var tiers = await OwnAsync(holder, "tiers/compare");
        Assert.Equal(
            ["enterprise", "professional", "starter", "trial"],
            tiers.Body!["tiers"]!.AsArray().Select(tier => (string)tier!["name"]!).Order());
        Assert.Equal("0.000000", (await Server.GetAsync("~/usage/balances")).Data.Last()["balance"]!.ToString());
        Assert.Equal("0", (await Server.GetAsync("~/usage/summary"))["total_events"]);
    }

    [Fact]
    public async Task A_holder_sees_the_own_account_and_of_any_other_not_even_that_it_is_there()
    {
        await HappenAsync();
        await Server.SendAsync("PUT", "~/accounts/other", "{}");
        using var holder = await HolderAsync();
        string[] routes =
        [
            "usage/summary", "usage/by-model", "usage/by-service", "usage/daily", "transactions", "tiers/compare",
            "balance",
        ];
        foreach (var route in routes)
        {
            (await OwnAsync(holder, route + "?account_id=acme")).Must(200);
            (await OwnAsync(holder, route + "?account_id=other", 404)).MustBe(404, "not_found");
            (await OwnAsync(holder, route + "?account_id=nobody", 404)).MustBe(404, "not_found");
        }
        var summary = await OwnAsync(holder, "usage/summary");
        string[] counts = ["total_events", "free_tier_events", "paid_tier_events", "total_tokens"];
        Assert.Equal(["3", "1", "2", "1000"], counts.Select(name => summary[name]));
        Assert.Equal(("2.950000", "1.000000", "1.950000"), (
            summary["total_cost"], summary["provider_cost"], summary["platform_markup"]));
        Assert.Equal(
            """{"events":1,"tokens":1000,"cost":"1.100000"}""", summary.Body!["services"]!["chat"]!.ToJsonString());
        var models = (await OwnAsync(holder, "usage/by-model")).Data.ToList();
        Assert.Equal(["m", "free", ""], models.Select(row => row["model"]?.ToString() ?? ""));
    }

    [Fact]
    public async Task Transactions_are_a_bare_array_newest_first_and_the_link_leads_to_the_rest()
    {
        await HappenAsync();
        using var holder = await HolderAsync();
        var seen = new List<JsonNode>();
        for (var path = "transactions?limit=2"; path.Length > 0;)
        {
            var page = await OwnAsync(holder, path);
            seen.AddRange(page.Body!.AsArray().Select(one => one!));
            var link = page.Raw.Headers.TryGetValues("Link", out var links) ? links.Single() : "";
            path = link.Split(['<', '>']).ElementAtOrDefault(1)?["/api/v1/credits/".Length..] ?? "";
        }
        Assert.Equal(
            ["charge -1.850000", "usage -1.100000", "purchase 100.000000"],
            seen.Select(one => $"{one["transaction_type"]} {one["amount"]}"));
        var usage = seen[1];
        string[] names = ["user_id", "service", "model", "balance_after"];
        Assert.Equal(["acme", "chat", "m", "98.900000"], names.Select(name => (string)usage[name]!));
        Assert.Equal("""{"provider_cost":"1.000000","platform_markup":"0.100000","total_cost":"1.100000"}""",
            usage["cost_breakdown"]!.ToJsonString());
        Assert.Equal("""{"team":"red"}""", usage["metadata"]!.ToJsonString());
        Assert.Equal("{}", seen[2]["metadata"]!.ToJsonString());
        Assert.Null(seen[2]["cost_breakdown"]);
    }

    [Fact]
    public async Task A_refund_counts_on_its_own_day_for_what_its_charge_was_for()
    {
        await HappenAsync();
        var charge = (await Server.GetAsync("~/accounts/acme/transactions?kind=usage")).Data
            .First(entry => entry["subject_id"] is not null && (string)entry["amount"]! != "0.000000");
        MoveTo(TimeSpan.FromDays(2));
        await Server.PostAsync($"~/charges/{charge["subject_id"]}/refund", """{"amount":"1.000000"}""", NewKey());
        var days = (await Server.GetAsync("~/usage/daily?account_id=acme&from=2026-01-01&to=2026-01-04")).Data.ToList();
        Assert.Equal(
            ["2.950000 1.950000", "0.000000 0.000000", "-1.000000 -1.000000"],
            days.Select(day => $"{day["total_cost"]} {day["platform_markup"]}"));
        var model = (await Server.GetAsync("~/usage/by-model?from=2026-01-03&to=2026-01-04")).Data.Single();
        Assert.Equal("m 0 -1.000000 1.000000",
            $"{model["model"]} {model["total_events"]} {model["total_cost"]} {model["refunded"]}");
        var balances = (await Server.GetAsync("~/usage/balances?from=2026-01-01&to=2026-01-04")).Data;
        Assert.Equal(
            ["100.000000 2.950000 0.000000 97.050000", "0.000000 0.000000 0.000000 97.050000",
                "0.000000 0.000000 1.000000 98.050000"],
            balances.Select(day => $"{day["granted"]} {day["consumed"]} {day["returned"]} {day["balance"]}"));
    }

    [Fact]
    public async Task A_key_counts_from_its_declaration_on()
    {
        await GrantAsync("100");
        await ChargeAsync("1", more: "\"metadata\":{\"team\":\"red\"}");
        (await Server.GetAsync("~/usage/by-key?key=team")).MustBe(400, "invalid_request");
        await DeclareAsync("\"team\",\"cost centre\"");
        await ChargeAsync("2", more: "\"metadata\":{\"team\":\"red\",\"cost centre\":7}");
        await ChargeAsync("3", more: "\"metadata\":{\"team\":[\"red\"]}");
        var teams = (await Server.GetAsync("~/usage/by-key?key=team&to=2026-01-02")).Data;
        Assert.Equal([" 4.000000", "red 2.000000"],
            teams.Select(row => $"{row["value"]} {row["total_cost"]}").Order());
        var centres = (await Server.GetAsync("~/usage/by-key?key=cost%20centre&to=2026-01-02")).Data;
        Assert.Equal([" 4.000000", "7 2.000000"],
            centres.Select(row => $"{row["value"]} {row["total_cost"]}").Order());
        (await DeclareAsync("\"a\",\"a\"")).MustBe(400, "invalid_request");
        (await DeclareAsync("\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"")).MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task What_says_nothing_of_its_own_counts_as_its_hold_or_its_job_does()
    {
        await DeclareAsync("\"team\"");
        await GrantAsync("100");
        var hold = await HoldAsync("5", more: "\"metadata\":{\"team\":\"red\"}");
        await CaptureAsync(hold, "1", "\"final\":false", NewKey());
        await CaptureAsync(hold, "2", "\"metadata\":{\"team\":\"blue\"}");
        foreach (var end in new[] { "complete", "fail" })
        {
            var job = (await Server.PostAsync(
                "~/jobs", """{"account_id":"acme","rows":10,"metadata":{"team":"jobs"}}""", NewKey())).Must(201);
            (await Server.PostAsync($"~/jobs/{job.Id}/{end}", """{"rows_done":4}""")).Must(200);
        }
        var teams = (await Server.GetAsync("~/usage/by-key?key=team&to=2026-01-02")).Must(200).Data;
        Assert.Equal(
            ["blue 2.000000", "jobs 8.000000", "red 1.000000"],
            teams.Select(row => $"{row["value"]} {row["total_cost"]}").Order());
    }

    [Fact]
    public async Task Of_more_values_than_are_told_apart_the_rest_is_one_row_and_nothing_is_lost()
    {
        const int Values = 1_400;
        await DeclareAsync("\"team\"");
        await GrantAsync("10000");
        foreach (var some in Enumerable.Range(0, Values).Chunk(200))
        {
            var operations = some.Select(i =>
                $$$"""{"op":"charge","idempotency_key":"v{{{i}}}","account_id":"acme","amount":"1","""
                + $$$"""{{{$"\"metadata\":{{\"team\":\"t{i}\"}}"}}}}""");
            var batch = $$"""{"operations":[{{string.Join(',', operations)}}]}""";
            // A store with small bounds says that it is behind; what was done is not done again.
            for (var left = some.Length; left > 0;)
                left = (await Server.PostAsync("~/batch", batch)).Must(200).Body!["results"]!.AsArray()
                    .Count(result => (int)result!["status"]! != 201);
        }
        foreach (var query in new[] { "", "&account_id=acme" })
        {
            var rows = (await Server.GetAsync($"~/usage/by-key?key=team&to=2026-01-02{query}")).Data.ToList();
            Assert.InRange(rows.Count, 500, 1_001);
            Assert.Equal(Values, rows.Sum(row => (int)row["total_events"]!));
            Assert.Equal(Values * 1_000_000L, rows.Sum(row => ReportBooks.Micros(row["total_cost"])));
            Assert.True((int)rows.Single(row => row["value"] is null)["total_events"]! >= Values - 1_000);
        }
    }

    [Fact]
    public async Task A_table_is_for_spreadsheets_and_none_of_its_texts_is_a_formula_N7()
    {
        await DeclareAsync("\"team\"");
        await GrantAsync("100");
        string[] teams = ["=1+1", "+1", "-1", "@sum", "a,\"b\"", "plain", " =2+2", "＝3"];
        for (var i = 0; i < teams.Length; i++)
        {
            var metadata = new JsonObject { ["team"] = teams[i] }.ToJsonString();
            const string Description = "\"description\":\"=cmd|' /C calc'!A0\\nline\"";
            await ChargeAsync($"{i + 1}", more: $"\"metadata\":{metadata},{Description}");
        }
        var table = (await Server.GetAsync("~/usage/by-key?key=team&format=csv&to=2026-01-02")).Must(200);
        Assert.Equal("text/csv; charset=utf-8; header=present", table.Raw.Content.Headers.ContentType!.ToString());
        var lines = Encoding.UTF8.GetString(table.Bytes).Split("\r\n");
        Assert.Equal("", lines[^1]);
        var column = Array.IndexOf(lines[0].Split(','), "value");
        Assert.Equal(0, column);
        Assert.Equal(
            ["'＝3,1", "' =2+2,1", "plain,1", "\"a,\"\"b\"\"\",1", "'@sum,1", "'-1,1", "'+1,1", "'=1+1,1"],
            lines[1..^1].Select(line => line[..(line.IndexOf(",1,", StringComparison.Ordinal) + 2)]));

        using var asked = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts/acme/transactions");
        asked.Headers.TryAddWithoutValidation("Accept", "text/csv");
        var journal = Encoding.UTF8.GetString((await Server.SendAsync(asked)).Must(200).Bytes);
        Assert.StartsWith("id,account_id,sequence,kind,", journal, StringComparison.Ordinal);
        Assert.Equal(teams.Length, journal.Split("\"'=cmd|' /C calc'!A0\nline\"").Length - 1);
        Assert.Contains(",charge,", journal, StringComparison.Ordinal);
        Assert.Contains(",-1.000000,", journal, StringComparison.Ordinal);
        (await Server.GetAsync("~/usage/summary?format=xml")).MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task A_period_is_widened_to_quarters_of_an_hour_and_days_to_midnights()
    {
        var quarter = await Server.GetAsync("~/usage/summary?from=2026-01-01T10:07:00Z&to=2026-01-01T10:16:00Z");
        Assert.Equal("""{"start":"2026-01-01T10:00:00Z","end":"2026-01-01T10:30:00Z","time_zone":"UTC"}""",
            quarter.Body!["period"]!.ToJsonString());
        var days = await Server.GetAsync("~/usage/daily?from=2026-03-28&to=2026-03-30&time_zone=Europe/Berlin");
        Assert.Equal(["2026-03-28", "2026-03-29"], days.Data.Select(day => (string)day["date"]!));
        Assert.Equal("2026-03-27T23:00:00Z 2026-03-29T22:00:00Z",
            $"{days.Body!["period"]!["start"]} {days.Body["period"]!["end"]}");
        foreach (var wrong in new[] { "from=x", "to=2026-13-01", "time_zone=Mars", "from=2027-01-01", "to=9999-01-01" })
            (await Server.GetAsync($"~/usage/daily?{wrong}")).MustBe(400, "invalid_request");
        (await Server.GetAsync("~/usage/daily?from=2020-01-01")).MustBe(400, "invalid_request");
        (await Server.GetAsync("~/usage/summary?account_id=nobody")).MustBe(404, "not_found");
    }

    [Fact]
    public async Task A_day_that_a_zone_left_out_and_years_that_nobody_has_are_no_fault_of_the_server()
    {
        var apia = await Server.GetAsync("~/usage/daily?time_zone=Pacific/Apia&from=2011-12-29&to=2012-01-01");
        Assert.Equal(["2011-12-29", "2011-12-31"], apia.Data.Select(day => (string)day["date"]!));
        var gone = await Server.GetAsync("~/usage/daily?time_zone=Pacific/Apia&from=2011-12-30&to=2011-12-31");
        gone.Must(200);
        foreach (var year in new[] { "-9998", "0000" })
            (await Server.GetAsync($"~/usage/summary?from={year}-01-01&time_zone=Asia/Tokyo"))
                .MustBe(400, "invalid_request");
        (await Server.GetAsync("~/usage/summary?from=0001-01-01&time_zone=Asia/Tokyo")).Must(200);
    }

    [Fact]
    public async Task The_last_30_days_are_thirty_and_what_is_dated_ahead_is_in_the_report_that_ends_now()
    {
        await HappenAsync();
        Assert.Equal(30, (await Server.GetAsync("~/usage/daily?to=2026-02-01")).Data.Count());
        Assert.Equal(30, (await Server.GetAsync("~/usage/daily")).Data.Count());
        MoveTo(new TimeSpan(12, 13, 0));
        var before = (int)(await Server.GetAsync("~/usage/summary")).Body!["total_events"]!;
        const string Ahead = """
            {"id":"ahead","account_id":"acme","occurred_at":"2026-01-01T12:17:59Z","charge":false,
            "usage":{"model":"m","input_tokens":1}}
            """;
        (await Server.PostAsync("~/usage/events", Ahead)).Must(200);
        Assert.Equal(before + 1, (int)(await Server.GetAsync("~/usage/summary")).Body!["total_events"]!);
    }

    /// <summary>A grant, a usage of 1.1 with a markup of a tenth, a free one, and a charge of 1.85.</summary>
    private async Task HappenAsync()
    {
        const string Prices = """
            {"prices":[{"model":"m","rates":{"input":"1000"},"markup":{"percent":"10"}},
            {"model":"free","provider":"p","rates":{"input":"0"}}]}
            """;
        (await Server.SendAsync("PUT", "~/prices", Prices, client: Server.Admin)).Must(200);
        await GrantAsync("100");
        await EventAsync("1", """{"model":"m","service":"chat","input_tokens":1000}""");
        await EventAsync("2", """{"model":"free","provider":"p","input_tokens":0}""");
        await ChargeAsync("1.85", more: null);
    }

    private async Task EventAsync(string id, string usage) => (await Server.PostAsync(
        "~/usage/events",
        $$$"""{"id":"{{{id}}}","account_id":"acme","usage":{{{usage}}},"metadata":{"team":"red"}}""")).Must(200);

    private Task<ApiReply> DeclareAsync(string keys) =>
        Server.SendAsync("PATCH", "~/project", $$"""{"report_keys":[{{keys}}]}""", client: Server.Admin);

    private async Task<HttpClient> HolderAsync()
    {
        var key = await Server.SendAsync(
            "POST", "~/keys", """{"role":"account","account_id":"acme","name":"own"}""", NewKey(), Server.Admin);
        return new()
        {
            BaseAddress = Server.Http.BaseAddress,
            DefaultRequestHeaders = { Authorization = new("Bearer", key.Must(201)["key"]) },
        };
    }

    private async Task<ApiReply> OwnAsync(HttpClient holder, string route, int status = 200) =>
        (await Server.SendAsync("GET", $"~/credits/{route}", client: holder)).Must(status);
}
