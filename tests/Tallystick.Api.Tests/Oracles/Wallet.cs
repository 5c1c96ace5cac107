using System.Globalization;
using System.Text.Json.Nodes;
using Tallystick.Core.Time;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>One account as a client sees it: everything goes over the public API, the clock's moves too.</summary>
internal sealed class Wallet(ApiServer server, string account)
{
    /// <summary>As good as none.</summary>
    private const string Boundless = "900000000000";
    private int _keys;

    /// <param name="mayOwe">Charges that nothing pays for become debt.</param>
    public static async Task<Wallet> OpenAsync(ApiServer server, string account, bool mayOwe)
    {
        var limit = mayOwe ? Boundless : "0";
        (await server.SendAsync("PUT", $"~/accounts/{account}", $$"""{"overdraft_limit":"{{limit}}"}""")).Must(201);
        return new(server, account);
    }

    /// <summary>The clock stands there afterwards, and what fell due on the way has been entered.</summary>
    public static async Task MoveAsync(ApiServer server, Instant to) =>
        (await server.SendAsync("POST", "~/test-clock/advance", $$"""{"to":"{{to}}"}""", client: server.Admin))
        .Must(200);

    /// <param name="more">Further members of the body, with a comma before them.</param>
    public async Task<ApiReply> GrantAsync(decimal amount, string more = "") =>
        (await PostAsync($"~/accounts/{account}/grants", $"{{\"amount\":\"{Text(amount)}\"{more}}}")).Must(201);

    public Task<ApiReply> ChargeAsync(decimal amount, string more = "", string? key = null) =>
        PostAsync("~/charges", Body(amount, more), key);

    public Task<ApiReply> HoldAsync(decimal amount, string more = "", string? key = null) =>
        PostAsync("~/holds", Body(amount, more), key);

    public Task<ApiReply> CaptureAsync(string hold, decimal amount, string more = "", string? key = null) =>
        PostAsync($"~/holds/{hold}/capture", $"{{\"amount\":\"{Text(amount)}\"{more}}}", key);

    public Task<ApiReply> ReleaseAsync(string hold, string? key = null) =>
        PostAsync($"~/holds/{hold}/release", "{}", key);

    public async Task VoidAsync(string grant) => (await PostAsync($"~/grants/{grant}/void", "{}")).Must(200);

    public async Task<JsonNode> BalanceAsync(Instant? at = null) =>
        (await server.GetAsync($"~/accounts/{account}/balance{(at is { } then ? $"?at={then}" : "")}")).Must(200).Body!;

    /// <summary>What may be spent less what is owed.</summary>
    public async Task<decimal> AvailableAsync(Instant at) => Books.Amount(await BalanceAsync(at), "available");

    /// <summary>What the account's entries of one kind came to from one instant until before another.</summary>
    public async Task<decimal> SumAsync(string kind, Instant from, Instant to)
    {
        if (from >= to) return 0m;
        var query = $"limit=1000&kind={kind}&from={from}&to={to}";
        var entries = (await server.GetAsync($"~/accounts/{account}/transactions?{query}")).Must(200);
        return entries.Data.Sum(entry => Books.Amount(entry, "amount"));
    }

    public Task MustHoldAsync() => Books.MustHoldAsync(server, account);

    private string Body(decimal amount, string more) =>
        $"{{\"account_id\":\"{account}\",\"amount\":\"{Text(amount)}\"{more}}}";

    private Task<ApiReply> PostAsync(string path, string body, string? key = null) =>
        server.PostAsync(path, body, key ?? $"w{_keys++}");

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
