using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Identities;

/// <summary>Whoever comes with a token has an account: always the same one, made once (document 004).</summary>
public abstract class ProvisioningTests(StoreKind store) : TokenTests(store)
{
    public sealed class OnMemory() : ProvisioningTests(StoreKind.Memory);
    public sealed class OnSqlite() : ProvisioningTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : ProvisioningTests(StoreKind.Postgres);

    [Fact]
    public async Task A_subject_has_an_account_from_its_first_request_on_every_route_sees_it_and_it_says_who_made_it()
    {
        var token = Issuer.Token("ada", Now);
        var balance = (await AskAsync(token)).Must(200);
        Assert.Equal(("ada", "5.000000", "trial"), (balance["user_id"], balance["balance"], balance["tier"]));
        var provider = (await Server.SendAsync("GET", "~/identity-providers/login")).Must(200);
        var entries = (await Server.GetAsync("~/accounts/ada/transactions")).Must(200).Body!["data"]!.AsArray();
        Assert.Equal(["grant", "period_begun", "account_opened"], entries.Select(entry => (string)entry!["kind"]!));
        Assert.All(entries, entry => Assert.Equal(provider["id"], (string)entry!["key_id"]!));

        (await Server.PostAsync("~/charges", """{"account_id":"ada","amount":"2"}""", "k1")).Must(201);
        Assert.Equal("3.000000", (await AskAsync(token)).Must(200)["balance"]);
    }

    [Fact]
    public async Task Of_fifty_first_requests_at_once_all_see_one_account_with_one_welcome_R4()
    {
        var token = Issuer.Token("ada", Now);
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(token)));
        Assert.All(replies, reply => Assert.Equal("5.000000", reply.Must(200)["balance"]));
        var grants = (await Server.GetAsync("~/accounts/ada/grants")).Must(200).Body!["data"]!.AsArray();
        Assert.Single(grants);
    }

    [Fact]
    public async Task An_account_that_the_back_end_has_made_is_found_as_it_is()
    {
        (await Server.SendAsync("PUT", "~/accounts/ada", """{"tier":"professional"}""")).Must(201);
        var balance = (await AskAsync(Issuer.Token("ada", Now))).Must(200);
        Assert.Equal(("60.000000", "professional"), (balance["balance"], balance["tier"]));
    }

    [Fact]
    public async Task The_tier_is_the_providers_else_the_projects_default()
    {
        var settings = (await Server.SendAsync(
            "PATCH", "~/project", """{"default_tier":"starter"}""", client: Server.Admin)).Must(200);
        Assert.Equal("starter", settings["default_tier"]);
        Assert.Equal("starter", (await AskAsync(Issuer.Token("ada", Now))).Must(200)["tier"]);
        await TrustAsync("\"tier\":\"enterprise\"");
        Assert.Equal("enterprise", (await AskAsync(Issuer.Token("bob", Now))).Must(200)["tier"]);
        (await Server.SendAsync("PATCH", "~/project", """{"default_tier":"none-such"}""", client: Server.Admin))
            .MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task Subjects_of_every_kind_have_accounts_of_their_own()
    {
        string[] subjects =
        [
            "auth0|62f", "auth0:7C62f", "a b", "a", "A", "ä", "a\u0308", "-a", "::a", "user@example.com",
            new('x', 128), new('x', 129), new('x', 130), "名前",
        ];
        var accounts = new List<string>();
        foreach (var subject in subjects) accounts.Add(await UserAsync(Issuer.Token(subject, Now)));
        Assert.Equal(accounts.Distinct(), accounts);
        Assert.Equal(["auth0:7C62f", "auth0:3A7C62f"], accounts.Take(2));
        foreach (var (subject, account) in subjects.Zip(accounts))
            Assert.Equal(account, await UserAsync(Issuer.Token(subject, Now)));
        foreach (var account in accounts) (await Server.GetAsync($"~/accounts/{account}")).Must(200);
    }

    [Fact]
    public async Task Two_issuers_subjects_are_kept_apart_by_their_prefixes()
    {
        await using var other = await TestIssuer.StartAsync();
        var body = $$"""{"issuer":"{{other.Url}}","audiences":["tallystick"]""";
        (await Server.SendAsync("PUT", "~/identity-providers/other", body + "}", client: Server.Admin))
            .MustBe(409, "conflict");
        (await Server.SendAsync(
            "PUT", "~/identity-providers/other", body + ",\"account_prefix\":\"b\"}", client: Server.Admin)).Must(200);
        Assert.Equal("ada", await UserAsync(Issuer.Token("ada", Now)));
        Assert.Equal("b::ada", await UserAsync(other.Token("ada", Now)));
        Assert.Equal("b:3A:3Aada", await UserAsync(Issuer.Token("b::ada", Now)));
    }

    [Fact]
    public async Task A_token_is_for_the_project_that_the_caller_names_and_for_no_other()
    {
        var created = (await Server.SendAsync(
            "POST", "~/projects", """{"name":"shop"}""", "p", Server.Admin)).Must(201);
        using var admin = new HttpClient { BaseAddress = Server.Http.BaseAddress };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", created["key"]);
        var token = Issuer.Token("ada", Now);
        foreach (var name in new[] { "shop", "none-such", "" })
            Assert.Equal(401, (await AskAsync(token, name)).Status);

        var body = $$"""{"issuer":"{{Issuer.Url}}","audiences":["tallystick"],"tier":"starter"}""";
        (await Server.SendAsync("PUT", "~/identity-providers/login", body, client: admin)).Must(200);
        Assert.Equal("20.000000", (await AskAsync(token, "shop")).Must(200)["balance"]);
        Assert.Equal("5.000000", (await AskAsync(token, "default")).Must(200)["balance"]);
        Assert.Equal("5.000000", (await AskAsync(token)).Must(200)["balance"]);
    }

    [Fact]
    public async Task A_holder_sees_one_account_and_may_do_nothing_else()
    {
        using var holder = new HttpClient { BaseAddress = Server.Http.BaseAddress };
        holder.DefaultRequestHeaders.Authorization = new("Bearer", Issuer.Token("ada", Now));
        (await Server.SendAsync("GET", "~/credits/balance?account_id=ada", client: holder)).Must(200);
        (await Server.SendAsync("GET", "~/credits/balance?account_id=bob", client: holder)).MustBe(404, "not_found");
        (await Server.SendAsync("GET", "~/accounts/ada", client: holder)).MustBe(403, "forbidden");
        var charge = """{"account_id":"ada","amount":"1"}""";
        (await Server.SendAsync("POST", "~/charges", charge, "k", holder)).MustBe(403, "forbidden");
    }
}
