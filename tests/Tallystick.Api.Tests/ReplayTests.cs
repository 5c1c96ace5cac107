using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>The same request again gives the first answer, whatever has happened since.</summary>
public abstract class ReplayTests(StoreKind store) : ApiTests(store)
{
    private readonly List<(string Path, string Body, string? Key, ApiReply First)> _done = [];

    public sealed class OnMemory() : ReplayTests(StoreKind.Memory);
    public sealed class OnSqlite() : ReplayTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : ReplayTests(StoreKind.Postgres);

    [Fact]
    public async Task A_replay_answers_byte_for_byte_and_a_changed_body_is_a_mismatch_D3()
    {
        await GrantAsync("10", "addon", 100);
        const string Body = """{"account_id":"acme","amount":"1.50","description":"chat"}""";
        var first = (await Server.PostAsync("~/charges", Body, "k")).Must(201);
        var again = await Server.PostAsync(
            "~/charges", """{ "description":"chat","amount":1.5,  "account_id":"acme" }""", "k");
        again.MustReplay(first);
        var other = await Server.PostAsync(
            "~/charges", """{"account_id":"acme","amount":"1.51","description":"chat"}""", "k");
        other.MustBe(422, "idempotency_mismatch");
        await MustShowAsync("8.5");
    }

    [Fact]
    public async Task Every_operation_answers_the_same_for_ever_also_after_a_restart_I6()
    {
        await Server.SendAsync("PUT", "~/accounts/acme", """{"overdraft_limit":"20"}""");
        await DoEverythingAsync();
        await ReplayEverythingAsync();

        await Server.PostAsync("~/accounts/acme/suspend");
        await ReplayEverythingAsync();
        MoveTo(TimeSpan.FromDays(40));
        await ReplayEverythingAsync();
        await Server.PostAsync("~/accounts/acme/close", """{"release_holds":true}""");
        await ReplayEverythingAsync();
        await Server.RestartAsync();
        await ReplayEverythingAsync();
    }

    /// <summary>
    /// Each operation in each of its forms, and after it something that changes what it answered about.
    /// </summary>
    private async Task DoEverythingAsync()
    {
        var first = await DoAsync("accounts/acme/grants", """{"amount":"10","bucket":"a","priority":1}""", "g-1");
        await DoAsync(
            "accounts/acme/grants", $$"""{"amount":"7","effective_at":"{{At(TimeSpan.FromDays(5))}}"}""", "g-2");
        var charge = await DoAsync(
            "charges", """{"account_id":"acme","amount":"6","reference_id":"r","metadata":{"b":1,"a":[2]}}""", "c-1");
        await DoAsync($"charges/{charge.Id}/refund", """{"amount":"2","reason":"partly"}""", "r-1");
        await DoAsync($"charges/{charge.Id}/refund", "{}", "r-2");
        await DoAsync("charges", """{"account_id":"acme","amount":"12"}""", "c-2");
        await DoAsync("accounts/acme/grants", """{"amount":"100","kind":"bonus"}""", "g-3");

        await HoldsAsync();
        await JobsAsync();

        await DoAsync($"grants/{first.Id}/void", """{"claw_back_used":true,"reason":"charged back"}""", null);
        var last = await DoAsync("accounts/acme/grants", """{"amount":"30"}""", "g-4");
        await DoAsync($"grants/{last.Id}/void", "{}", "v-1");
    }

    private async Task HoldsAsync()
    {
        var captured = await DoAsync("holds", """{"account_id":"acme","amount":"9"}""", "h-1");
        await DoAsync(
            $"holds/{captured.Id}/extend", $$"""{"expires_at":"{{At(TimeSpan.FromDays(2))}}"}""", "e-1");
        await DoAsync($"holds/{captured.Id}/capture", """{"amount":"2","final":false}""", "p-1");
        await DoAsync($"holds/{captured.Id}/extend", $$"""{"expires_at":"{{At(TimeSpan.FromDays(3))}}"}""", null);
        await DoAsync($"holds/{captured.Id}/capture", """{"amount":"3.5"}""", null);

        var released = await DoAsync("holds", """{"account_id":"acme","amount":"4","expires_in":60}""", "h-2");
        await DoAsync($"holds/{released.Id}/release", "{}", null);
        var over = await DoAsync("holds", """{"account_id":"acme","amount":"4","expires_in":60}""", "h-3");
        await DoAsync($"holds/{over.Id}/capture", """{"amount":"6","mode":"cap"}""", "p-2");

        var expired = await DoAsync("holds", """{"account_id":"acme","amount":"5","expires_in":60}""", "h-4");
        var late = await DoAsync("holds", """{"account_id":"acme","amount":"5","expires_in":60}""", "h-5");
        MoveTo(TimeSpan.FromMinutes(2));
        await DoAsync($"holds/{expired.Id}/release", "{}", "x-1");
        await DoAsync($"holds/{late.Id}/capture", """{"amount":"1"}""", null);
        await DoAsync("holds", """{"account_id":"acme","amount":"3","expires_in":604800}""", "h-6");
    }

    private async Task JobsAsync()
    {
        foreach (var (end, body) in new[]
            { ("complete", "{}"), ("complete", """{"rows_done":3}"""), ("fail", "{}"), ("fail", """{"rows_done":1}"""),
              ("rollback", "{}") })
        {
            var job = await DoAsync("jobs", """{"account_id":"acme","rows":4,"credits_per_row":"0.5"}""", NewKey());
            await DoAsync($"jobs/{job.Id}/{end}", body, null);
        }
    }

    private async Task<ApiReply> DoAsync(string path, string body, string? key)
    {
        var reply = await Server.PostAsync("~/" + path, body, key);
        Assert.True(reply.Status is 200 or 201, $"{path} {body}: {reply.Status} {reply.Body?.ToJsonString()}");
        Assert.False(reply.IsReplay);
        _done.Add((path, body, key, reply));
        return reply;
    }

    private async Task ReplayEverythingAsync()
    {
        foreach (var (path, body, key, first) in _done)
            (await Server.PostAsync("~/" + path, body, key)).MustReplay(first);
    }
}
