using Tallystick.Core.Journal;
using Tallystick.Engine.Identity;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Paths, methods, queries and ids that are none: refused as problems.</summary>
public abstract class PathAndQueryTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : PathAndQueryTests(StoreKind.Memory);
    public sealed class OnSqlite() : PathAndQueryTests(StoreKind.SqliteTiny);

    [Fact]
    public async Task Unknown_routes_methods_and_callers_get_problems_too_I35()
    {
        (await Server.GetAsync("~/nothing")).MustBe(404, "not_found");
        (await Server.SendAsync("DELETE", "~/charges")).MustBe(405, "method_not_allowed");
        (await Server.GetAsync("~/accounts/nobody/balance")).MustBe(404, "not_found");
        Server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "tally_" + new string('0', 38));
        (await Server.GetAsync("~/accounts/acme/balance")).MustBe(401, "unauthenticated");
    }

    [Theory]
    [InlineData("GET", "~/accounts/acme/../../../../etc/passwd", 404)]
    [InlineData("GET", "~/accounts/%2e%2e/balance", 404)]
    [InlineData("GET", "~/accounts/a%2fb/balance", 400)]
    [InlineData("GET", "~/accounts/a%5cb/balance", 400)]
    [InlineData("GET", "~/accounts/a;x=1/balance", 400)]
    [InlineData("GET", "~/accounts/-acme/balance", 400)]
    [InlineData("GET", "~/accounts/ac%20me/balance", 400)]
    [InlineData("GET", "~/accounts/acme%0a/balance", 400)]
    [InlineData("GET", "~/accounts/%F0%9F%98%80/balance", 400)]
    [InlineData("GET", "~/accounts//balance", 404)]
    [InlineData("GET", "~//accounts", 404)]
    [InlineData("GET", "~/ACCOUNTS/acme/nothing", 404)]
    [InlineData("GET", "/api/v2/accounts", 404)]
    [InlineData("GET", "~/accounts/ACME/balance", 404)]
    [InlineData("POST", "~/accounts", 405)]
    [InlineData("TRACE", "~/accounts", 405)]
    [InlineData("FROBNICATE", "~/charges", 405)]
    [InlineData("PATCH", "~/accounts/acme", 405)]
    public async Task A_path_or_method_that_is_none_is_a_problem_N8(string method, string path, int status)
    {
        var reply = (await Server.SendAsync(method, path)).Must(status);
        Assert.Equal("application/problem+json", reply.Raw.Content.Headers.ContentType!.MediaType);
        Assert.Equal(status switch { 404 => "not_found", 405 => "method_not_allowed", _ => "invalid_request" },
            reply["code"]);
    }

    [Fact]
    public async Task An_account_id_of_any_length_but_the_right_one_is_refused_N8_N10()
    {
        (await Server.SendAsync("PUT", $"~/accounts/{new string('a', 128)}")).Must(201);
        (await Server.SendAsync("PUT", $"~/accounts/{new string('a', 129)}")).MustBe(400, "invalid_request");
        (await Server.SendAsync("PUT", $"~/accounts/{new string('a', 7_000)}")).MustBe(400, "invalid_request");
        Assert.StartsWith("HTTP/1.1 414 ", await RawRequest.SendAsync(
            Server, $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 400 ", await RawRequest.SendAsync(
            Server, "GET /api/v1/accounts/a%00b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    }

    [Fact]
    public async Task A_header_cannot_make_another_method_of_a_request_N8()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts/acme");
        request.Headers.Add("X-HTTP-Method-Override", "PUT");
        request.Headers.Add("X-Original-URL", "/api/v1/accounts/other");
        request.Headers.Add("X-Forwarded-Prefix", "/admin");
        Assert.Equal("acme", (await Server.SendAsync(request)).Must(200)["account_id"]);
    }

    [Theory]
    [InlineData("~/accounts?limit=-1", "limit")]
    [InlineData("~/accounts?limit=0", "limit")]
    [InlineData("~/accounts?limit=1001", "limit")]
    [InlineData("~/accounts?limit=1000000000000", "limit")]
    [InlineData("~/accounts?limit=NaN", "limit")]
    [InlineData("~/accounts?limit=1e2", "limit")]
    [InlineData("~/accounts?limit=+5", "limit")]
    [InlineData("~/accounts?limit=", "limit")]
    [InlineData("~/accounts?limit=5&limit=6", "limit")]
    [InlineData("~/accounts?sort=name", "sort")]
    [InlineData("~/accounts?Limit=5", "Limit")]
    [InlineData("~/accounts?cursor=", "cursor")]
    [InlineData("~/accounts?cursor=AAAAAAAAAAAAAAAAAAAAAA", "cursor")]
    [InlineData("~/accounts?cursor=%00%ff", "cursor")]
    [InlineData("~/accounts/acme/transactions?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("~/accounts/acme/transactions?from=yesterday", "from")]
    [InlineData("~/accounts/acme/transactions?from=0000-01-01T00:00:00Z", "from")]
    [InlineData("~/accounts/acme/transactions?to=10000-01-01T00:00:00Z", "to")]
    [InlineData("~/accounts/acme/transactions?to=2026-02-30T00:00:00Z", "to")]
    [InlineData("~/accounts/acme/transactions?kind=gift", "kind")]
    [InlineData("~/accounts/acme/balance?at=2026-01-01T00:00:00.000001Z", "at")]
    [InlineData("~/accounts/acme/balance?at=now", "at")]
    [InlineData("~/accounts/acme/balance?at=2026-01-01T00:00:00Z&at=2026-01-01T00:00:00Z", "at")]
    [InlineData("~/accounts/acme/balance?as_of=2026-01-01T00:00:00Z", "as_of")]
    [InlineData("~/accounts/acme?at=2026-01-01T00:00:00Z", "at")]
    [InlineData("~/holds?account_id=acme&account_id=other", "account_id")]
    public async Task A_query_that_means_nothing_is_refused_and_the_parameter_named_N9(string path, string parameter)
    {
        var reply = (await Server.GetAsync(path)).MustBe(400, "invalid_request");
        Assert.NotNull(reply.Body!["errors"]![parameter]);
    }

    [Fact]
    public async Task Times_at_the_ends_of_the_calendar_are_times_N9()
    {
        foreach (var query in new[] { "from=0001-01-01T00:00:00Z", "to=9999-12-31T23:59:59.999999Z" })
            Assert.Single((await Server.GetAsync($"~/accounts/acme/transactions?{query}")).Must(200).Data);
        (await Server.GetAsync("~/accounts/acme/transactions?to=0001-01-01T00:00:00Z")).Must(200).MustBeEmpty();
        (await Server.GetAsync("~/accounts/acme/balance?at=0001-01-01T00:00:00Z")).MustBe(404, "not_found");
        await GrantAsync("1", "\"expires_at\":\"9999-12-31T23:59:59.999999999Z\"");
        await MustShowAsync("1");
    }

    [Fact]
    public async Task An_id_that_is_no_id_of_that_kind_is_not_found_N10()
    {
        await GrantAsync("10");
        var (hold, charge) = (await HoldAsync("1"), await ChargeAsync("1"));
        var grant = (await Server.GetAsync("~/accounts/acme/grants")).Data.Single()["id"]!.ToString();
        foreach (var (kind, prefix) in new[]
            { ("grants", "grt_"), ("holds", "hld_"), ("charges", "chg_"), ("transactions", "txn_"), ("jobs", "job_") })
            foreach (var id in Wrong(prefix, [hold.Id, charge.Id, grant]))
                (await Server.GetAsync($"~/{kind}/{id}")).MustBe(404, "not_found");
        foreach (var id in Wrong("hld_", [charge.Id, grant]))
            (await Server.PostAsync($"~/holds/{id}/capture", """{"amount":1}""")).MustBe(404, "not_found");
        await MustShowAsync("8", "1");
    }

    /// <summary>The check of an id is no secret: whoever wants to can write one of the project's own chain.</summary>
    [Fact]
    public async Task An_id_that_names_the_projects_own_journal_is_not_found_N10()
    {
        await GrantAsync("10");
        foreach (var sequence in new[] { 1, 2, 5, 82, 1_000_000 })
        {
            foreach (var (kind, prefix) in new[]
                {
                    ("grants", "grt_"), ("holds", "hld_"), ("charges", "chg_"), ("transactions", "txn_"),
                    ("jobs", "job_"),
                })
                (await Server.GetAsync($"~/{kind}/{Own(prefix)}")).MustBe(404, "not_found");
            foreach (var (path, body) in new[]
                {
                    ($"holds/{Own("hld_")}/release", "{}"), ($"grants/{Own("grt_")}/void", "{}"),
                    ($"holds/{Own("hld_")}/capture", """{"amount":1}"""),
                    ($"holds/{Own("hld_")}/extend", """{"expires_at":"2026-01-02T00:00:00Z"}"""),
                    ($"charges/{Own("chg_")}/refund", "{}"), ($"jobs/{Own("job_")}/complete", "{}"),
                    ($"jobs/{Own("job_")}/fail", "{}"), ($"jobs/{Own("job_")}/rollback", "{}"),
                })
                (await Server.PostAsync("~/" + path, body, NewKey())).MustBe(404, "not_found");

            string Own(string prefix) =>
                ThingId.Format(prefix, ChainKey.OfProject(KeyRing.DefaultProject), new(sequence, 0));
        }
        await MustShowAsync("10");
    }

    /// <summary>Ids of other kinds, of other letters, mistyped by one character, and far too long ones.</summary>
    private static IEnumerable<string> Wrong(string prefix, string[] ids)
    {
        foreach (var id in ids)
        {
            if (!id.StartsWith(prefix, StringComparison.Ordinal)) yield return id;
            if (!id.StartsWith(prefix, StringComparison.Ordinal)) yield return prefix + id[4..];
            yield return id.ToUpperInvariant();
            for (var i = 4; i < id.Length; i += 3) yield return $"{id[..i]}{(id[i] == '7' ? '8' : '7')}{id[(i + 1)..]}";
            yield return id + "0";
            yield return id[..^1];
        }
        yield return prefix;
        yield return prefix + new string('0', 22);
        yield return prefix + new string('z', 27);
        yield return new string('x', 7_000);
        yield return Guid.Empty.ToString();
    }
}
