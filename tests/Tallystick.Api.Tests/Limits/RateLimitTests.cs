using System.Net.Http.Headers;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Limits;

/// <summary>Limits of requests over HTTP, and the brake on guessing.</summary>
public sealed class RateLimitTests
{
    private const string Balance = "/api/v1/credits/balance";

    [Fact]
    public async Task A_key_with_a_limit_is_told_how_it_stands_and_when_to_come_again_L1()
    {
        await using var server = await ApiServer.StartAsync();
        using var limited = await KeyAsync(server, "\"role\":\"service\",\"name\":\"n\"", 5);
        (await server.SendAsync("PUT", "~/accounts/acme", client: limited)).Must(201);
        string[] others = ["/api/v1/accounts/acme", "/API/V1/ACCOUNTS/acme", "/api/v1/accounts/acme/", "/api/v1/keys"];
        foreach (var path in others)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", $"10.0.0.{path.Length}");
            using var response = await limited.SendAsync(request);
            Assert.NotEqual(429, (int)response.StatusCode);
            Assert.Equal("\"key\";q=5;w=60", response.Headers.GetValues("RateLimit-Policy").Single());
        }
        foreach (var path in others)
        {
            var refused = (await server.SendAsync("GET", path, client: limited)).MustBe(429, "rate_limited");
            Assert.InRange(int.Parse(refused.Raw.Headers.GetValues("Retry-After").Single()), 1, 66);
            Assert.StartsWith("\"key\";r=0;t=", refused.Raw.Headers.GetValues("RateLimit").Single());
        }
        var other = (await server.GetAsync("~/accounts/acme")).Must(200);
        Assert.False(other.Raw.Headers.Contains("RateLimit"));
        var shown = (await server.SendAsync("GET", "~/keys", client: server.Admin)).Must(200);
        Assert.Equal(5, (int)shown.Body!["data"]![0]!["rate_limits"]!["requests_per_minute"]!);
    }

    [Fact]
    public async Task All_who_hold_an_account_share_the_limit_of_its_tier_and_its_back_end_has_none_L1()
    {
        await using var server = await ApiServer.StartAsync();
        var tier = """{"rate_limits":{"requests_per_minute":6}}""";
        (await server.SendAsync("PUT", "~/tiers/small", tier, client: server.Admin)).Must(200);
        foreach (var account in new[] { "acme", "beta" })
            (await server.SendAsync("PUT", $"~/accounts/{account}", """{"tier":"small"}""")).Must(201);
        using var one = await KeyAsync(server, "\"role\":\"account\",\"name\":\"n\",\"account_id\":\"acme\"");
        using var two = await KeyAsync(server, "\"role\":\"account\",\"name\":\"n\",\"account_id\":\"acme\"");
        using var beta = await KeyAsync(server, "\"role\":\"account\",\"name\":\"n\",\"account_id\":\"beta\"");
        for (var i = 0; i < 3; i++)
            foreach (var holder in new[] { one, two })
                (await server.SendAsync("GET", Balance, client: holder)).Must(200);
        foreach (var holder in new[] { one, two })
            (await server.SendAsync("GET", Balance, client: holder)).MustBe(429, "rate_limited");
        var left = (await server.SendAsync("GET", Balance, client: beta)).Must(200);
        Assert.StartsWith("\"account\";r=5;t=", left.Raw.Headers.GetValues("RateLimit").Single());
        for (var i = 0; i < 10; i++) (await server.GetAsync("~/accounts/acme/balance")).Must(200);
    }

    [Fact]
    public async Task What_one_limit_refuses_does_not_use_another_L1()
    {
        await using var server = await ApiServer.StartAsync();
        var tier = """{"rate_limits":{"requests_per_minute":3}}""";
        (await server.SendAsync("PUT", "~/tiers/small", tier, client: server.Admin)).Must(200);
        (await server.SendAsync("PUT", "~/accounts/acme", """{"tier":"small"}""")).Must(201);
        using var key = await KeyAsync(server, "\"role\":\"account\",\"name\":\"n\",\"account_id\":\"acme\"", 1);
        using var other = await KeyAsync(server, "\"role\":\"account\",\"name\":\"n\",\"account_id\":\"acme\"");
        (await server.SendAsync("GET", Balance, client: key)).Must(200);
        for (var i = 0; i < 5; i++) (await server.SendAsync("GET", Balance, client: key)).MustBe(429, "rate_limited");
        var left = (await server.SendAsync("GET", Balance, client: other)).Must(200);
        Assert.StartsWith("\"account\";r=1;", left.Raw.Headers.GetValues("RateLimit").Single());
    }

    [Fact]
    public async Task All_of_a_project_share_its_limit_and_its_admins_have_none_L1_L2()
    {
        await using var server = await ApiServer.StartAsync();
        (await server.SendAsync("PUT", "~/accounts/acme")).Must(201);
        using var holder = await KeyAsync(server, "\"role\":\"account\",\"name\":\"n\",\"account_id\":\"acme\"");
        using var limited = await KeyAsync(server, "\"role\":\"service\",\"name\":\"n\"", 50);
        var settings = """{"limits":{"requests_per_minute":6,"requests_at_once":2}}""";
        var set = (await server.SendAsync("PATCH", "~/project", settings, client: server.Admin)).Must(200);
        Assert.Equal("6", set.Body!["limits"]!["requests_per_minute"]!.ToJsonString());
        for (var i = 0; i < 2; i++)
        {
            (await server.GetAsync("~/accounts/acme")).Must(200);
            (await server.SendAsync("GET", Balance, client: holder)).Must(200);
            var both = (await server.SendAsync("GET", "~/accounts/acme", client: limited)).Must(200);
            Assert.Equal(
                "\"key\";q=50;w=60, \"project\";q=6;w=60", both.Raw.Headers.GetValues("RateLimit-Policy").Single());
        }
        foreach (var client in new[] { server.Http, limited })
            (await server.SendAsync("GET", "~/accounts/acme", client: client)).MustBe(429, "rate_limited");
        (await server.SendAsync("GET", Balance, client: holder)).MustBe(429, "rate_limited");
        (await server.SendAsync("PATCH", "~/project", """{"limits":{}}""", client: server.Admin)).Must(200);
        (await server.GetAsync("~/accounts/acme")).Must(200);
    }

    [Fact]
    public async Task A_project_s_requests_at_once_are_bounded_and_its_admin_may_still_change_that_L2()
    {
        await using var server = await ApiServer.StartAsync();
        (await server.SendAsync("PUT", "~/accounts/acme")).Must(201);
        var settings = """{"limits":{"requests_at_once":0}}""";
        (await server.SendAsync("PATCH", "~/project", settings, client: server.Admin)).Must(200);
        var refused = (await server.GetAsync("~/accounts/acme")).MustBe(429, "rate_limited");
        Assert.Equal("1", refused.Raw.Headers.GetValues("Retry-After").Single());
        settings = """{"limits":{"requests_at_once":1}}""";
        (await server.SendAsync("PATCH", "~/project", settings, client: server.Admin)).Must(200);
        for (var i = 0; i < 5; i++) (await server.GetAsync("~/accounts/acme")).Must(200);
    }

    [Fact]
    public async Task Whoever_tries_credentials_is_held_up_and_who_has_a_good_one_is_not_A7_H3()
    {
        await using var server = await ApiServer.StartAsync(failuresMax: 20);
        (await server.SendAsync("PUT", "~/accounts/acme")).Must(201);
        using var known = await LicenseAsync(server);
        using var unknown = await LicenseAsync(server);
        (await server.SendAsync("GET", Balance, client: known)).Must(200);
        var statuses = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts/acme");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"tally-guess-{i:d40}");
            string[] headers = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "X-Tenant-Id"];
            foreach (var header in headers)
                request.Headers.TryAddWithoutValidation(header, $"for=10.1.2.{i}");
            var reply = await server.SendAsync(request);
            statuses.Add(reply.Status);
            if (reply.Status == 429) Assert.True(reply.Raw.Headers.Contains("Retry-After"));
        }
        Assert.Equal([.. Enumerable.Repeat(401, 20), .. Enumerable.Repeat(429, 20)], statuses);
        (await server.GetAsync("~/accounts/acme")).Must(200);
        (await server.SendAsync("GET", Balance, client: known)).Must(200);
        (await server.SendAsync("GET", Balance, client: unknown)).MustBe(429, "rate_limited");
        (await server.SendAsync("GET", "/health/ready")).Must(200);
    }

    private static async Task<HttpClient> LicenseAsync(ApiServer server) => Client(server, (await server.PostAsync(
        "~/licenses", """{"account_id":"acme"}""", Guid.NewGuid().ToString())).Must(201)["license_key"]);

    private static async Task<HttpClient> KeyAsync(ApiServer server, string members, int? limit = null)
    {
        var limits = limit is null ? "" : $",\"rate_limits\":{{\"requests_per_minute\":{limit}}}";
        var created = await server.SendAsync("POST", "~/keys", $"{{{members}{limits}}}", client: server.Admin);
        return Client(server, created.Must(201)["key"]);
    }

    private static HttpClient Client(ApiServer server, string secret) => new()
    {
        BaseAddress = server.Http.BaseAddress,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", secret) },
    };
}
