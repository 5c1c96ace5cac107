using System.Text.Json;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>
/// What went in and out until, and between, points in time, as Formance's own tests say (oracle/formance-volumes.json).
/// </summary>
public abstract class FormanceTests(StoreKind store)
{
    private static readonly Instant Now = Instant.From(new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));

    public sealed class OnMemory() : FormanceTests(StoreKind.Memory);
    public sealed class OnSqlite() : FormanceTests(StoreKind.SqliteTiny);

    [Theory]
    [InlineData("insertion")]
    [InlineData("effective")]
    public async Task Volumes_and_balances_at_points_in_time_are_as_it_says_I5(string date)
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        var data = SharedData.Json("oracle/formance-volumes.json");
        var member = date == "insertion" ? "inserted_min" : "effective_min";
        var transactions = Said.Items(data, "transactions").OrderBy(one => Said.Number(one, member)).ToList();
        var first = At(Said.Number(transactions[0], member));
        await using var server = await ApiServer.StartAsync(store, clock: LedgerClock.Test(new(first.Micros - 1)));
        var wallets = await LiveAsync(server, transactions, member);

        var queries = Said.Items(data, "volume_queries").Where(
            query => Said.Word(query.GetProperty("query"), "date") == date).ToList();
        Assert.NotEmpty(queries);
        foreach (var query in queries)
            foreach (var (account, wallet) in wallets)
                foreach (var expected in new[] { query.GetProperty("expect").GetProperty("volumes"),
                    query.GetProperty("model_result") })
                    if (expected.TryGetProperty(account, out var volume))
                        await MustBeAsync(server, wallet, query, volume, first);
    }

    /// <summary>Both ends are inclusive; the balance is what the interval changed.</summary>
    private static async Task MustBeAsync(
        ApiServer server, Wallet wallet, JsonElement query, JsonElement volume, Instant first)
    {
        var asked = query.GetProperty("query");
        var until = Said.Has(asked, "until_min") ? At(Said.Number(asked, "until_min")) : server.Clock.Now;
        var from = Said.Has(asked, "from_min") ? At(Said.Number(asked, "from_min")) : first;
        var after = new Instant(until.Micros + 1);
        var input = await wallet.SumAsync("grant", from, after);
        var output = await wallet.SumAsync("charge", from, after);
        Assert.Equal(
            (Said.Word(query, "id"), Said.Number(volume, "input"), Said.Number(volume, "output")),
            (Said.Word(query, "id"), input, output));
        var change = await wallet.AvailableAsync(until) - await wallet.AvailableAsync(new(from.Micros - 1));
        Assert.Equal((Said.Word(query, "id"), Said.Number(volume, "balance")), (Said.Word(query, "id"), change));
    }

    private static async Task<Dictionary<string, Wallet>> LiveAsync(
        ApiServer server, List<JsonElement> transactions, string member)
    {
        var names = transactions.SelectMany(one => new[] { Said.Word(one, "from"), Said.Word(one, "to") }).Distinct();
        var wallets = new Dictionary<string, Wallet>();
        foreach (var name in names.Where(name => name != "world"))
            wallets[name] = await Wallet.OpenAsync(server, name, mayOwe: true);
        foreach (var one in transactions.Where(one => Said.Number(one, "amount") > 0))
        {
            await Wallet.MoveAsync(server, At(Said.Number(one, member)));
            var amount = Said.Number(one, "amount");
            if (wallets.TryGetValue(Said.Word(one, "from"), out var payer)) (await payer.ChargeAsync(amount)).Must(201);
            if (wallets.TryGetValue(Said.Word(one, "to"), out var payee)) await payee.GrantAsync(amount);
        }
        await Wallet.MoveAsync(server, At(60));
        foreach (var wallet in wallets.Values) await wallet.MustHoldAsync();
        return wallets;
    }

    private static Instant At(decimal minutes) => new(Now.Micros + (long)(minutes * 60_000_000m));
}
