using System.Net.Http.Headers;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Licences over HTTP: a key in the field that spends an account's credits (document 001).</summary>
public abstract class LicenseRouteTests(StoreKind store) : ApiTests(store)
{
    private const string Chosen = "AAAA-BBBB-CCCC-DDDD";

    public sealed class OnMemory() : LicenseRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : LicenseRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : LicenseRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task A_licence_spends_its_accounts_credits_and_the_entry_says_which_it_was()
    {
        await GrantAsync("10");
        var license = await IssueAsync();
        var charge = (await SpendAsync(license, "4")).Must(201);
        Assert.Equal(("acme", "6.000000"), (charge["account_id"], charge["available_after"]));
        var entry = (await Server.GetAsync($"~/transactions/{charge["transaction_id"]}")).Must(200);
        Assert.Equal(license.Id, (string)entry.Body!["transaction"]!["license_id"]!);

        var hold = (await Server.PostAsync("~/holds", Body(license, "2"), NewKey())).Must(201);
        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        (await CaptureAsync(hold, "3")).Must(200);
        await MustShowAsync("3");
    }

    [Fact]
    public async Task What_refuses_a_licence_is_asked_in_order_exists_active_not_expired_enough_credits()
    {
        var license = await IssueAsync($"\"expires_at\":\"{At(TimeSpan.FromDays(1))}\"");
        await MustRefuseAsync(license, 402, "insufficient_credits");
        MoveTo(TimeSpan.FromDays(1));
        await MustRefuseAsync(license, 403, "license_expired");
        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        await MustRefuseAsync(license, 403, "license_inactive");
        (await Server.PostAsync("~/accounts/acme/suspend")).Must(200);
        await MustRefuseAsync(license, 403, "license_inactive");
        foreach (var unknown in new[] { Mistyped(license["license_key"]), Chosen, "tally_lic_live_" })
        {
            var body = $$"""{"license_key":"{{unknown}}","amount":"1"}""";
            (await Server.PostAsync("~/charges", body, NewKey())).MustBe(403, "license_invalid");
        }

        (await Server.PostAsync($"~/licenses/{license.Id}/reactivate")).Must(200);
        await MustRefuseAsync(license, 403, "license_expired");
        (await Server.SendAsync("PUT", $"~/licenses/{license.Id}", """{"expires_at":null}""")).Must(200);
        await MustRefuseAsync(license, 403, "account_suspended");
        (await Server.PostAsync("~/accounts/acme/reactivate")).Must(200);
        await GrantAsync("1");
        (await SpendAsync(license, "1")).Must(201);
    }

    [Fact]
    public async Task The_secret_is_shown_once_and_a_replay_carries_null()
    {
        var first = (await Server.PostAsync("~/licenses", """{"account_id":"acme","name":"desk"}""", "k")).Must(201);
        var again = (await Server.PostAsync("~/licenses", """{"account_id":"acme","name":"desk"}""", "k")).Must(201);
        Assert.Equal((first.Id, "", true), (again.Id, again["license_key"], again.IsReplay));
        Assert.StartsWith("tally_lic_live_", first["license_key"], StringComparison.Ordinal);
        (await Server.PostAsync("~/licenses", """{"account_id":"acme"}""", "k")).MustBe(422, "idempotency_mismatch");

        var one = (await Server.GetAsync($"~/licenses/{first.Id}")).Must(200);
        Assert.Equal(("", "active", "desk"), (one["license_key"], one["status"], one["name"]));
        Assert.EndsWith(first["license_key"][^4..], one["hint"], StringComparison.Ordinal);
        Assert.DoesNotContain(first["license_key"], await Server.JournalTextAsync(), StringComparison.Ordinal);
        Assert.Single((await Server.GetAsync("~/licenses?account_id=acme")).Data);
    }

    [Fact]
    public async Task A_key_that_is_in_the_field_already_can_be_taken_over_once()
    {
        await GrantAsync("10");
        var body = $$"""{"account_id":"acme","license_key":"{{Chosen}}"}""";
        var first = (await Server.PostAsync("~/licenses", body, "k")).Must(201);
        Assert.Equal(Chosen, first["license_key"]);
        Assert.Equal(first.Id, (await Server.PostAsync("~/licenses", body, "k")).Must(201).Id);
        (await Server.PostAsync("~/licenses", body.Replace("DDDD", "EEEE", StringComparison.Ordinal), "k"))
            .MustBe(422, "idempotency_mismatch");
        (await Server.PostAsync("~/licenses", body)).MustBe(409, "conflict");
        (await Server.SendAsync("PUT", "~/accounts/other")).Must(201);
        (await Server.PostAsync("~/licenses", $$"""{"account_id":"other","license_key":"{{Chosen}}"}"""))
            .MustBe(409, "conflict");
        (await SpendAsync(first, "1")).Must(201);
        Assert.Equal("acme", (await HolderAsync(Chosen)).Must(200)["user_id"]);
        (await Server.PostAsync("~/licenses", """{"account_id":"acme","license_key":"tally_lic_live_0000000"}"""))
            .MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task A_chosen_key_that_is_refused_for_its_idempotency_key_leads_nowhere()
    {
        await ChargeAsync("1", "k");
        (await Server.PostAsync("~/licenses", """{"account_id":"acme"}""", "k2")).Must(201);
        var body = $$"""{"account_id":"acme","license_key":"{{Chosen}}"}""";
        (await Server.PostAsync("~/licenses", body, "k2")).MustBe(422, "idempotency_mismatch");
        (await Server.SendAsync("PUT", "~/accounts/other")).Must(201);
        var other = body.Replace("acme", "other", StringComparison.Ordinal);
        Assert.Equal("other", (await Server.PostAsync("~/licenses", other, "k2")).Must(201)["account_id"]);
        (await Server.PostAsync("~/licenses", body, "k3")).MustBe(409, "conflict");
    }

    [Fact]
    public async Task An_issue_is_replayed_whatever_has_become_of_licence_and_account()
    {
        foreach (var chosen in new[] { "", $"\"license_key\":\"{Chosen}\"," })
        {
            var account = chosen.Length == 0 ? "made" : "chosen";
            (await Server.SendAsync("PUT", $"~/accounts/{account}")).Must(201);
            var body = $"{{\"account_id\":\"{account}\",{chosen}\"expires_at\":\"{At(TimeSpan.FromDays(1))}\"}}";
            var first = (await Server.PostAsync("~/licenses", body, "k")).Must(201);
            MoveTo(TimeSpan.FromDays(chosen.Length == 0 ? 0.5 : 1));
            await MustReplayAsync();
            (await Server.PostAsync($"~/accounts/{account}/close")).Must(200);
            await MustReplayAsync();

            async Task MustReplayAsync()
            {
                var again = (await Server.PostAsync("~/licenses", body, "k")).Must(201);
                Assert.Equal((first.Id, "", "active", true),
                    (again.Id, again["license_key"], again["status"], again.IsReplay));
            }
        }
    }

    [Fact]
    public async Task A_replay_is_answered_before_anything_is_asked_of_the_licence()
    {
        await GrantAsync("10");
        var license = await IssueAsync();
        var first = (await SpendAsync(license, "4", "k")).Must(201);
        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        (await SpendAsync(license, "4", "k")).MustReplay(first);
        (await SpendAsync(license, "5", "k")).MustBe(422, "idempotency_mismatch");
        (await SpendAsync(license, "4", "k2")).MustBe(403, "license_inactive");
        await MustShowAsync("6");
    }

    [Fact]
    public async Task A_moved_licence_spends_the_other_accounts_credits_and_replays_where_it_was()
    {
        await GrantAsync("10");
        (await Server.SendAsync("PUT", "~/accounts/other")).Must(201);
        await GrantAsync("10", account: "other");
        var license = await IssueAsync("\"name\":\"desk\"");
        var first = (await SpendAsync(license, "4", "k")).Must(201);

        var moved = await MoveAsync(license, "other");
        Assert.Equal((license.Id, "other", "desk", "active"), (moved.Id, moved["account_id"], moved["name"],
            moved["status"]));
        Assert.Equal("other", (await SpendAsync(license, "1", "k2")).Must(201)["account_id"]);
        (await SpendAsync(license, "4", "k")).MustReplay(first);
        Assert.Equal("other", (await HolderAsync(license["license_key"])).Must(200)["user_id"]);
        (await Server.GetAsync("~/licenses?account_id=acme")).MustBeEmpty();
        Assert.Equal(license.Id, (string)(await Server.GetAsync("~/licenses?account_id=other")).Data.Single()["id"]!);

        // Back again: what was asked for in between is still known.
        var between = (await SpendAsync(license, "2", "k3")).Must(201);
        (await MoveAsync(license, "acme")).Must(200);
        (await SpendAsync(license, "2", "k3")).MustReplay(between);
        (await SpendAsync(license, "4", "k")).MustReplay(first);
        Assert.Equal("acme", (await SpendAsync(license, "1")).Must(201)["account_id"]);
        await MustShowAsync("5");
        Assert.Equal("7.000000", (await Server.GetAsync("~/accounts/other/balance"))["available"]);
        await Server.RestartAsync();
        (await SpendAsync(license, "2", "k3")).MustReplay(between);
    }

    [Fact]
    public async Task A_change_with_a_key_is_made_once_wherever_the_licence_is_by_now()
    {
        foreach (var account in new[] { "b", "c" }) (await Server.SendAsync("PUT", $"~/accounts/{account}")).Must(201);
        var license = await IssueAsync("\"name\":\"desk\"");
        var moved = (await ChangeAsync("move", """{"account_id":"b"}""", "move")).Must(200);
        var ended = (await ChangeAsync("deactivate", "{}", "end")).Must(200);
        Assert.Equal(("b", "active", "b", "inactive"),
            (moved["account_id"], moved["status"], ended["account_id"], ended["status"]));
        foreach (var account in new[] { "acme", "c" })
        {
            (await MoveAsync(license, account)).Must(200);
            (await Server.PostAsync($"~/licenses/{license.Id}/reactivate")).Must(200);
            (await Server.SendAsync("PUT", $"~/licenses/{license.Id}", $$"""{"name":"{{account}}"}""")).Must(200);
            (await ChangeAsync("move", """{"account_id":"b"}""", "move")).MustReplay(moved);
            (await ChangeAsync("deactivate", "{}", "end")).MustReplay(ended);
            (await ChangeAsync("move", """{"account_id":"acme"}""", "move")).MustBe(422, "idempotency_mismatch");
            var now = (await Server.GetAsync($"~/licenses/{license.Id}")).Must(200);
            Assert.Equal((account, "active", account), (now["account_id"], now["status"], now["name"]));
        }
        (await Server.PostAsync("~/accounts/b/close")).Must(200);
        (await ChangeAsync("move", """{"account_id":"b"}""", "move")).MustReplay(moved);
        (await ChangeAsync("move", """{"account_id":"b"}""", "again")).MustBe(403, "account_closed");

        Task<ApiReply> ChangeAsync(string verb, string body, string key) =>
            Server.PostAsync($"~/licenses/{license.Id}/{verb}", body, key);
    }

    [Fact]
    public async Task An_inactive_licence_moves_as_it_is_and_the_same_move_again_changes_nothing()
    {
        (await Server.SendAsync("PUT", "~/accounts/other")).Must(201);
        var license = await IssueAsync();
        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        Assert.Equal("inactive", (await MoveAsync(license, "other"))["status"]);
        Assert.Equal("inactive", (await MoveAsync(license, "other"))["status"]);
        await MustRefuseAsync(license, 403, "license_inactive");
        (await Server.PostAsync($"~/licenses/{license.Id}/reactivate")).Must(200);
        await MustRefuseAsync(license, 402, "insufficient_credits");
        (await Server.PostAsync("~/accounts/acme/close")).Must(200);
        (await Server.PostAsync($"~/licenses/{license.Id}/move", """{"account_id":"acme"}"""))
            .MustBe(403, "account_closed");
    }

    [Fact]
    public async Task A_budget_of_a_licence_limits_that_licence_alone()
    {
        await GrantAsync("100");
        var (one, other) = (await IssueAsync(), await IssueAsync());
        var scope = $$"""{"license":"{{one.Id}}"}""";
        (await Server.SendAsync(
            "PUT", "~/budgets/desk", $$"""{"account_id":"acme","limit":"5","period":"total","scope":{{scope}} }"""))
            .Must(200);
        (await SpendAsync(one, "4")).Must(201);
        Assert.Equal("budget:desk", (await SpendAsync(one, "2")).MustBe(402, "insufficient_credits")["limit_source"]);
        (await SpendAsync(other, "20")).Must(201);
        (await ChargeAsync("20")).Must(201);
        (await SpendAsync(one, "1")).Must(201);
    }

    [Fact]
    public async Task The_key_is_a_bearer_token_of_the_holder_and_of_nobody_else()
    {
        await GrantAsync("10");
        var license = await IssueAsync();
        var secret = license["license_key"];
        Assert.Equal("10.000000", (await HolderAsync(secret)).Must(200)["balance"]);
        (await HolderAsync(secret, "?account_id=other")).MustBe(404, "not_found");
        (await HolderAsync(Mistyped(secret))).MustBe(401, "unauthenticated");
        (await AsHolderAsync(secret, "~/accounts/acme")).MustBe(403, "forbidden");
        (await Server.PostAsync($"~/licenses/{license.Id}/expire")).Must(200);
        (await HolderAsync(secret)).MustBe(403, "license_expired");
        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        (await HolderAsync(secret)).MustBe(403, "license_inactive");
    }

    [Fact]
    public async Task Check_and_batch_take_a_licence_too()
    {
        await GrantAsync("10");
        var license = await IssueAsync();
        Assert.Equal("true", (await Server.PostAsync("~/check", Body(license, "10"))).Must(200)["allowed"]);
        var batch = (await Server.PostAsync("~/batch", $$"""
            {"operations":[
              {"op":"charge","idempotency_key":"b1","license_key":"{{license["license_key"]}}","amount":"1"},
              {"op":"charge","idempotency_key":"b1","license_key":"{{license["license_key"]}}","amount":"1"},
              {"op":"hold","idempotency_key":"b2","license_key":"{{Chosen}}","amount":"1"}]}
            """)).Must(200);
        var results = batch.Body!["results"]!.AsArray().Select(one => $"{one!["status"]} {one["replayed"]}");
        Assert.Equal(["201 false", "201 true", "403 false"], results);
        await MustShowAsync("9");

        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        var check = (await Server.PostAsync("~/check", Body(license, "10"))).Must(200);
        Assert.Equal(("false", "license_inactive"), (check["allowed"], check["code"]));
        (await Server.PostAsync("~/check", $$"""{"license_key":"{{Chosen}}","amount":"1"}"""))
            .MustBe(403, "license_invalid");
    }

    [Fact]
    public async Task Lists_show_active_inactive_and_expired_licences_newest_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, (await IssueAsync($"\"name\":\"n{i}\"")).Id);
        (await Server.PostAsync($"~/licenses/{ids[1]}/deactivate")).Must(200);
        (await Server.PostAsync($"~/licenses/{ids[2]}/expire")).Must(200);
        Assert.Equal([ids[1]], await ListAsync("&status=inactive"));
        Assert.Equal([ids[2]], await ListAsync("&status=expired"));
        Assert.Equal([ids[0], ids[3], ids[4]], await ListAsync("&status=active"));

        var page = (await Server.GetAsync("~/licenses?account_id=acme&limit=2")).Must(200);
        var rest = await Server.GetAsync($"~/licenses?account_id=acme&limit=3&cursor={page["next_cursor"]}");
        Assert.Equal(ids, page.Data.Concat(rest.Data).Select(one => (string)one["id"]!));
        (await Server.GetAsync("~/licenses?account_id=acme&status=lost")).MustBe(400, "invalid_request");
        (await Server.GetAsync("~/licenses")).MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task Of_an_account_and_a_licence_exactly_one_is_given()
    {
        var license = await IssueAsync();
        var both = $$"""{"account_id":"acme","license_key":"{{license["license_key"]}}","amount":"1"}""";
        (await Server.PostAsync("~/charges", both, NewKey())).MustBe(400, "invalid_request");
        (await Server.PostAsync("~/holds", """{"amount":"1"}""", NewKey())).MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task While_a_licence_is_used_deactivating_it_ends_its_spending_for_good()
    {
        await GrantAsync("1000");
        var license = await IssueAsync();
        var uses = Enumerable.Range(0, 40).Select(_ => SpendAsync(license, "1")).ToList();
        (await Server.PostAsync($"~/licenses/{license.Id}/deactivate")).Must(200);
        var after = await Server.GetAsync("~/accounts/acme/transactions?limit=1");
        var replies = await Task.WhenAll(uses);
        Assert.All(replies, reply => Assert.True(reply.Status == 201 || reply["code"] == "license_inactive"));
        var last = (await Server.GetAsync("~/accounts/acme/transactions?limit=1")).Data.Single();
        Assert.Equal("license_deactivated", (string)last["kind"]!);
        Assert.Equal((string)after.Data.Single()["id"]!, (string)last["id"]!);
    }

    private static string Mistyped(string secret) => secret[..^1] + (secret[^1] == 'x' ? 'y' : 'x');

    private async Task<ApiReply> IssueAsync(string? more = null) => (await Server.PostAsync(
        "~/licenses", more is null ? """{"account_id":"acme"}""" : $"{{\"account_id\":\"acme\",{more}}}")).Must(201);

    private Task<ApiReply> SpendAsync(ApiReply license, string amount, string? key = null) =>
        Server.PostAsync("~/charges", Body(license, amount), key ?? NewKey());

    private async Task<ApiReply> MoveAsync(ApiReply license, string accountId) =>
        (await Server.PostAsync($"~/licenses/{license.Id}/move", $$"""{"account_id":"{{accountId}}"}""")).Must(200);

    private async Task MustRefuseAsync(ApiReply license, int status, string code)
    {
        (await SpendAsync(license, "1")).MustBe(status, code);
        (await Server.PostAsync("~/holds", Body(license, "1"), NewKey())).MustBe(status, code);
    }

    private async Task<IEnumerable<string>> ListAsync(string query) =>
        (await Server.GetAsync("~/licenses?account_id=acme" + query)).Must(200).Data.Select(one => (string)one["id"]!);

    private Task<ApiReply> HolderAsync(string secret, string query = "") =>
        AsHolderAsync(secret, "~/credits/balance" + query);

    private async Task<ApiReply> AsHolderAsync(string secret, string path)
    {
        using var client = new HttpClient { BaseAddress = Server.Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return await Server.SendAsync("GET", path, client: client);
    }

    private static string Body(ApiReply license, string amount) =>
        $$"""{"license_key":"{{license["license_key"]}}","amount":"{{amount}}"}""";
}
