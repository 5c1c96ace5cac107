using System.Text;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>An account's free text is erased: it is in no answer any more, and everything else is as it was.</summary>
public abstract class EraseRouteTests(StoreKind store) : ApiTests(store)
{
    private const string Canary = "canary-of-free-text";

    public sealed class OnMemory() : EraseRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : EraseRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : EraseRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task After_it_no_answer_has_any_of_the_text_and_every_figure_is_as_it_was()
    {
        var entries = await WriteAsync();
        var balance = await BalanceAsync();
        Assert.All(await ReadAsync(entries), reply => Assert.Contains(Canary, TextOf(reply)));

        var erased = (await EraseAsync()).Must(200);
        Assert.Equal("acme", erased["account_id"]);
        Assert.All(await ReadAsync(entries), reply => Assert.DoesNotContain(Canary, TextOf(reply)));
        Assert.Equal(balance.Bytes, (await BalanceAsync()).Bytes);
        var said = (await Server.GetAsync($"~/transactions/{erased["transaction_id"]}")).Must(200);
        Assert.Contains("\"text_erased\"", TextOf(said));

        var again = await ChargeAsync("1", "charge", Text);
        Assert.True(again.IsReplay);
        Assert.DoesNotContain(Canary, TextOf(again.Must(201)));
        await Server.RestartAsync();
        Assert.All(await ReadAsync(entries), reply => Assert.DoesNotContain(Canary, TextOf(reply)));
    }

    [Fact]
    public async Task Erased_twice_is_a_replay_until_there_is_text_again()
    {
        await WriteAsync();
        var first = (await EraseAsync("e1")).Must(200);
        (await EraseAsync("e1")).MustReplay(first);
        (await EraseAsync("e2")).MustReplay(first);
        (await EraseAsync()).MustReplay(first);
        await ChargeAsync("1");
        (await EraseAsync()).MustReplay(first);

        var charge = (await ChargeAsync("1", null, Text)).Must(201);
        var entry = $"~/transactions/{charge["transaction_id"]}";
        Assert.Contains(Canary, TextOf(await Server.GetAsync(entry)));
        var second = (await EraseAsync()).Must(200);
        Assert.False(second.IsReplay);
        Assert.NotEqual(first["transaction_id"], second["transaction_id"]);
        Assert.DoesNotContain(Canary, TextOf(await Server.GetAsync(entry)));
        (await EraseAsync("e1")).MustReplay(first);
    }

    [Fact]
    public async Task A_profile_that_was_erased_is_gone_for_good_and_another_one_may_follow()
    {
        await WriteAsync();
        await EraseAsync();
        var changed = (await Server.SendAsync("PUT", "~/accounts/acme", """{"email":"new@example.com"}""")).Must(200);
        Assert.Equal(("", "new@example.com"), (changed["name"], changed["email"]));
        var more = (await Server.SendAsync("PUT", "~/accounts/acme", """{"name":"New"}""")).Must(200);
        Assert.Equal(("New", "new@example.com"), (more["name"], more["email"]));
        Assert.Equal(more.Bytes, (await Server.SendAsync("PUT", "~/accounts/acme", """{"name":"New"}""")).Bytes);
        (await Server.PostAsync("~/accounts/acme/close", "{}")).Must(200);
        (await EraseAsync()).Must(200);
        Assert.Equal("", (await Server.GetAsync("~/accounts/acme"))["name"]);
    }

    [Fact]
    public async Task Only_an_admin_may_and_only_an_account_that_there_is()
    {
        (await Server.PostAsync("~/accounts/acme/erase")).MustBe(403, "forbidden");
        (await Server.SendAsync("POST", "~/accounts/nobody/erase", "{}", client: Server.Admin))
            .MustBe(404, "not_found");
        (await Server.SendAsync("POST", "~/accounts/acme/erase", """{"x":1}""", client: Server.Admin))
            .MustBe(400, "invalid_request");
    }

    private static string Text => $$$"""
        "description":"{{{Canary}}}","metadata":{"note":"{{{Canary}}}"}
        """;

    private Task<ApiReply> EraseAsync(string? key = null) =>
        Server.SendAsync("POST", "~/accounts/acme/erase", "{}", key, Server.Admin);

    /// <summary>Something with free text of every kind; the ids of entries that have some.</summary>
    private async Task<string[]> WriteAsync()
    {
        (await Server.SendAsync("PUT", "~/accounts/acme", $$$"""
            {"name":"{{{Canary}}}","email":"{{{Canary}}}@example.com","metadata":{"note":"{{{Canary}}}"}}
            """)).Must(200);
        var grant = await GrantAsync("100", Text);
        var charge = (await ChargeAsync("1", "charge", Text)).Must(201);
        var refund = (await Server.PostAsync(
            $"~/charges/{charge.Id}/refund", $$"""{"amount":"0.5","reason":"{{Canary}}"}""", NewKey())).Must(201);
        return [grant["transaction_id"], charge["transaction_id"], refund["transaction_id"]];
    }

    private async Task<ApiReply[]> ReadAsync(string[] entries) =>
    [
        (await Server.GetAsync("~/accounts/acme")).Must(200), (await Server.GetAsync("~/accounts")).Must(200),
        (await Server.GetAsync("~/accounts/acme/transactions")).Must(200),
        .. await Task.WhenAll(entries.Select(entry => Server.GetAsync($"~/transactions/{entry}"))),
    ];

    private static string TextOf(ApiReply reply) => Encoding.UTF8.GetString(reply.Bytes);
}
