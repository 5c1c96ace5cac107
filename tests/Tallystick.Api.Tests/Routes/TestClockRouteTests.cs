using Tallystick.Engine;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>The test clock over HTTP: forward only, by an admin only, and everything due on the way in order.</summary>
public abstract class TestClockRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : TestClockRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : TestClockRouteTests(StoreKind.Sqlite);
    public sealed class OnPostgres() : TestClockRouteTests(StoreKind.Postgres);

    [Fact]
    public async Task It_moves_forward_and_enters_what_falls_due_on_the_way_in_order_I17_I24()
    {
        await GrantAsync("5", $"\"expires_at\":\"{At(TimeSpan.FromHours(2))}\"");
        await GrantAsync("7", $"\"effective_at\":\"{At(TimeSpan.FromHours(3))}\"");
        await HoldAsync("1", more: "\"expires_in\":3600");
        await HoldAsync("1", more: $"\"expires_at\":\"{At(TimeSpan.FromHours(2))}\"");
        Assert.Equal(At(TimeSpan.FromHours(4)), (await AdvanceAsync(TimeSpan.FromHours(4))).Must(200)["now"]);

        var entries = (await Server.GetAsync("~/accounts/acme/transactions")).Data.Take(4).Reverse();
        Assert.Equal(
            [
                $"hold_expired {At(TimeSpan.FromHours(1))}", $"hold_expired {At(TimeSpan.FromHours(2))}",
                $"grant_expired {At(TimeSpan.FromHours(2))}", $"grant_activated {At(TimeSpan.FromHours(3))}",
            ],
            entries.Select(entry => $"{entry["kind"]} {entry["created_at"]}"));
        await MustShowAsync("7");
    }

    [Fact]
    public async Task It_never_moves_backwards_and_standing_still_is_no_move()
    {
        (await AdvanceAsync(TimeSpan.FromDays(1))).Must(200);
        (await AdvanceAsync(TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1))).MustBe(400, "invalid_request");
        Assert.Equal(At(TimeSpan.FromDays(1)), (await Server.GetAsync("~/test-clock")).Must(200)["now"]);
        (await AdvanceAsync(TimeSpan.FromDays(1))).Must(200);
        (await Server.SendAsync("POST", "~/test-clock/advance", """{"to":"soon"}""", client: Server.Admin))
            .MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task It_is_the_admins()
    {
        (await Server.PostAsync("~/test-clock/advance", $$"""{"to":"{{At(TimeSpan.FromDays(1))}}"}"""))
            .MustBe(403, "forbidden");
        Assert.Equal(At(TimeSpan.Zero), (await Server.GetAsync("~/test-clock")).Must(200)["now"]);
    }

    [Fact]
    public async Task A_server_on_the_real_clock_has_none()
    {
        await using var server = await ApiServer.StartAsync(Store, isAdmin: true, new LedgerClock(TimeProvider.System));
        (await server.GetAsync("~/test-clock")).MustBe(404, "not_found");
        (await server.PostAsync("~/test-clock/advance", """{"to":"2099-01-01T00:00:00Z"}""")).MustBe(404, "not_found");
    }

    [Fact]
    public async Task Requests_on_the_way_are_decided_at_the_old_time_or_the_new_and_never_between()
    {
        await GrantAsync("1000");
        for (var hour = 1; hour <= 10; hour++)
        {
            var requests = Enumerable.Range(0, 20).Select(_ => ChargeAsync("1")).ToList();
            var advance = AdvanceAsync(TimeSpan.FromHours(hour));
            requests.AddRange(Enumerable.Range(0, 20).Select(_ => ChargeAsync("1")));
            (await advance).Must(200);
            var after = (await ChargeAsync("1")).Must(201);
            Assert.Equal(At(TimeSpan.FromHours(hour)), after["created_at"]);
            Assert.Subset(
                new HashSet<string> { At(TimeSpan.FromHours(hour - 1)), At(TimeSpan.FromHours(hour)) },
                (await Task.WhenAll(requests)).Select(reply => reply.Must(201)["created_at"]).ToHashSet());
        }
        await MustShowAsync("590");
    }

    private Task<ApiReply> AdvanceAsync(TimeSpan to) => Server.SendAsync(
        "POST", "~/test-clock/advance", $$"""{"to":"{{At(to)}}"}""", client: Server.Admin);
}
