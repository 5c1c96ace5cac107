using System.Text.Json.Nodes;
using Tallystick.Core.Journal;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Who did what to the project, and the seals over its journals.</summary>
public abstract class AuditRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : AuditRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : AuditRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : AuditRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task The_audit_log_says_who_did_what_newest_first_and_no_secret()
    {
        var key = (await AdminAsync("POST", "~/keys", """{"role":"read","name":"reports"}""")).Must(201);
        var license = (await Server.PostAsync("~/licenses", """{"account_id":"acme"}""")).Must(201);
        (await AdminAsync("PUT", "~/upstreams/openai", """{"key":"sk-canary-0123456789"}""")).Must(200);
        (await AdminAsync("PUT", "~/tiers/mine", "{}")).Must(200);
        (await AdminAsync("DELETE", $"~/keys/{key.Id}")).Must(200);

        var log = (await AdminAsync("GET", "~/audit?limit=5")).Must(200);
        Assert.Equal(
            ["key_revoked", "tier_put", "upstream_changed", "license_pointed", "key_created"],
            log.Data.Select(entry => (string)entry["kind"]!));
        Assert.Equal(
            [key.Id, "mine", "openai", license.Id, key.Id], log.Data.Select(entry => (string)entry["subject_id"]!));
        Assert.StartsWith(
            "Key reports with role read", (string)log.Data.Last()["description"]!, StringComparison.Ordinal);
        Assert.NotEqual(log.Data.First()["key_id"]!.ToString(), log.Data.ElementAt(3)["key_id"]!.ToString());
        var all = new List<JsonNode>();
        for (var cursor = ""; ;)
        {
            var page = (await AdminAsync("GET", $"~/audit?limit=3{cursor}")).Must(200);
            all.AddRange(page.Data);
            if (page["has_more"] == "false") break;
            cursor = $"&cursor={page["next_cursor"]}";
        }
        Assert.Equal(Enumerable.Range(1, all.Count).Reverse(), all.Select(entry => (int)entry["sequence"]!));
        Assert.Empty(all.Select(entry => (string)entry["kind"]!).Except(EntryBody.ProjectWords));
        var text = string.Concat(all.Select(entry => entry.ToJsonString()));
        foreach (var secret in new[] { key["key"], license["license_key"], "sk-canary" })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);

        Assert.Single((await AdminAsync("GET", "~/audit?kind=key_revoked")).Data);
        (await AdminAsync("GET", "~/audit?kind=charge")).MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task Seals_are_listed_newest_first_with_the_hashes_that_verify_knows()
    {
        (await Server.GetAsync("~/seals")).MustBeEmpty();
        for (var i = 0; i < 3; i++)
        {
            await GrantAsync("1");
            await Server.SealAsync();
        }
        var seals = (await Server.GetAsync("~/seals?limit=2")).Must(200);
        Assert.Equal([3, 2], seals.Data.Select(seal => (int)seal["number"]!));
        Assert.Equal("1", seals.Data.First()["heads"]!.ToString());
        Assert.Equal(await Server.LastSealAsync(), (string)seals.Data.First()["hash"]!);
        var rest = (await Server.GetAsync($"~/seals?limit=2&cursor={seals["next_cursor"]}")).Must(200);
        Assert.Equal(("1", "false"), (rest.Data.Single()["number"]!.ToString(), rest["has_more"]));
    }

    [Fact]
    public async Task Every_answer_says_that_it_is_not_a_page_and_not_to_be_kept()
    {
        foreach (var path in new[] { "~/accounts/acme", "~/accounts/nobody", "~/nothing", "/health/live", "/docs" })
        {
            using var answer = await Server.Http.GetAsync(path.Replace("~/", "/api/v1/", StringComparison.Ordinal));
            Assert.Equal("nosniff", Header("X-Content-Type-Options"));
            Assert.Equal("DENY", Header("X-Frame-Options"));
            if (path == "/docs")
            {
                Assert.Equal("no-referrer", Header("Referrer-Policy"));
                Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
            }
            Assert.Contains("default-src 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal(path == "/docs" ? "no-cache" : "no-store", Header("Cache-Control"));

            string Header(string name) => answer.Headers.GetValues(name).Single();
        }
    }

    private Task<ApiReply> AdminAsync(string method, string path, string? body = null) =>
        Server.SendAsync(method, path, body, client: Server.Admin);
}
