using System.Globalization;
using Tallystick.Core.Time;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// Tests of the API over a store. Each has a server of its own with the account <c>acme</c>; what a call asks for is
/// written as a client would write it.
/// </summary>
public abstract class ApiTests(StoreKind store) : IAsyncLifetime
{
    private int _keys;

    private protected ApiServer Server { get; private set; } = null!;
    private protected StoreKind Store => store;

    public virtual async ValueTask InitializeAsync()
    {
        Server = await ApiServer.StartAsync(store);
        (await Server.SendAsync("PUT", "~/accounts/acme")).Must(201);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A key that no request of this test has used.</summary>
    private protected string NewKey() => $"key-{Interlocked.Increment(ref _keys)}";

    /// <param name="more">Further members of the body.</param>
    private protected async Task<ApiReply> GrantAsync(string amount, string? more = null, string account = "acme") =>
        (await Server.PostAsync($"~/accounts/{account}/grants", Body($"\"amount\":\"{amount}\"", more), NewKey()))
        .Must(201);

    private protected Task<ApiReply> GrantAsync(string amount, string bucket, int priority) =>
        GrantAsync(amount, $"\"bucket\":\"{bucket}\",\"priority\":{priority}");

    private protected Task<ApiReply> ChargeAsync(string amount, string? key = null, string? more = null) =>
        Server.PostAsync(
            "~/charges", Body($"\"account_id\":\"acme\",\"amount\":\"{amount}\"", more), key ?? NewKey());

    private protected Task<ApiReply> HoldAsync(string amount, string? key = null, string? more = null) =>
        Server.PostAsync("~/holds", Body($"\"account_id\":\"acme\",\"amount\":\"{amount}\"", more), key ?? NewKey());

    private protected Task<ApiReply> CaptureAsync(
        ApiReply hold, string amount, string? more = null, string? key = null) =>
        Server.PostAsync($"~/holds/{hold.Id}/capture", Body($"\"amount\":\"{amount}\"", more), key);

    private protected Task<ApiReply> RefundAsync(ApiReply charge, string? amount = null, string? key = null) =>
        Server.PostAsync(
            $"~/charges/{charge.Id}/refund", amount is null ? "{}" : $$"""{"amount":"{{amount}}"}""", key ?? NewKey());

    private protected async Task<ApiReply> BalanceAsync(string query = "") =>
        (await Server.GetAsync("~/accounts/acme/balance" + query)).Must(200);

    /// <summary>The figures of the account: available, held and owed.</summary>
    private protected async Task MustShowAsync(string available, string held = "0", string debt = "0")
    {
        var balance = await BalanceAsync();
        Assert.Equal((Six(available), Six(held), Six(debt)), (balance["available"], balance["held"], balance["debt"]));
    }

    /// <summary>What can be spent of each bucket, as the balance lists it.</summary>
    private protected async Task<IEnumerable<string>> BucketsAsync() =>
        (await BalanceAsync()).Body!["buckets"]!.AsArray()
        .Select(bucket => $"{bucket!["bucket"]} {bucket["remaining"]}");

    /// <summary>Moves the clock to so long after the start; nobody sweeps.</summary>
    private protected void MoveTo(TimeSpan sinceStart) =>
        Server.Clock.Advance(new(ApiServer.Start.Micros + sinceStart.Ticks / 10));

    private protected static string At(TimeSpan sinceStart) =>
        new Instant(ApiServer.Start.Micros + sinceStart.Ticks / 10).ToString();

    /// <summary>An amount as the API writes it.</summary>
    private protected static string Six(string amount) =>
        decimal.Parse(amount, CultureInfo.InvariantCulture).ToString("0.000000", CultureInfo.InvariantCulture);

    private static string Body(string members, string? more) =>
        more is null ? $"{{{members}}}" : $"{{{members},{more}}}";
}
