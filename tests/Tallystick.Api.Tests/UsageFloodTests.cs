using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// Many usage events over several connections, shuffled, each sent one to five times, some later with another content:
/// as lines and as arrays. TALLY_SEED=n shuffles again as it did.
/// </summary>
public abstract class UsageFloodTests(StoreKind store, int events)
{
    private const int Accounts = 40, Connections = 4, Models = 3, SendMax = 2_000, Days = 20;

    public sealed class OnSqlite() : UsageFloodTests(StoreKind.Sqlite, events: 100_000);
    public sealed class OnPostgres() : UsageFloodTests(StoreKind.Postgres, events: 15_000);

    [Fact]
    public async Task A_hundred_thousand_shuffled_events_sent_again_and_again_come_to_the_totals_of_their_set_D7_I32()
    {
        var random = new Random(Seed());
        var all = Events(events, random);
        await using var server = await OpenAsync();
        var said = await SendAsync(server, Sends(all, random), random);
        Assert.Equal(
            (all.Count, all.Sum(one => one.Times - 1), all.Count(one => one.IsChanged)),
            (said["accepted"], said["duplicate"], said["rejected"]));
        Assert.Equal(Expected(all), await FiguresAsync(server));
    }

    [Fact]
    public async Task In_whatever_order_events_come_the_figures_are_the_same_and_of_one_order_the_books_too_D7_I32_I38()
    {
        var random = new Random(Seed());
        var all = Events(4_000, random);
        var order = Sends(all, random);
        await using var first = await OpenAsync();
        await SendAsync(first, order, random);
        await using var other = await OpenAsync();
        await SendAsync(other, Sends(all, random), random);
        Assert.Equal(Expected(all), await FiguresAsync(first));
        Assert.Equal(Expected(all), await FiguresAsync(other));

        // Each account's in the same order, among others' in another one, in other requests.
        await using var again = await OpenAsync();
        await SendAsync(again, order, random);
        var digest = first.Verify();
        Assert.Equal(digest, again.Verify());
        Assert.NotEqual(digest, other.Verify());
    }

    private static int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var given)
            ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"TALLY_SEED={seed}");
        return seed;
    }

    private async Task<ApiServer> OpenAsync()
    {
        var server = await ApiServer.StartAsync(store);
        var prices = string.Join(',', Enumerable.Range(0, Models).Select(model =>
            $$$"""{"model":"m{{{model}}}","rates":{"input":"{{{1_000 * (model + 1)}}}"}}"""));
        (await server.SendAsync("PUT", "~/prices", $$"""{"prices":[{{prices}}]}""", client: server.Admin)).Must(200);
        for (var account = 0; account < Accounts; account++)
        {
            (await server.SendAsync("PUT", $"~/accounts/a{account}")).Must(201);
            (await server.PostAsync($"~/accounts/a{account}/grants", """{"amount":"500"}""", $"g{account}")).Must(201);
        }
        return server;
    }

    private static List<Event> Events(int count, Random random) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Event(
            i, random.Next(Accounts), random.Next(Models), random.Next(1, 2_000), random.Next(Days),
            IsCharged: random.Next(10) > 0, Times: random.Next(1, 6), IsChanged: random.Next(50) == 0)),
    ];

    /// <summary>What each account is sent, in an order of its own; another content comes after the first.</summary>
    private static List<Queue<string>> Sends(List<Event> all, Random random)
    {
        var accounts = Enumerable.Range(0, Accounts).Select(_ => new List<(double At, string Text)>()).ToList();
        foreach (var one in all)
        {
            var places = Enumerable.Range(0, one.Times).Select(_ => random.NextDouble()).Order().ToList();
            foreach (var place in places) accounts[one.Account].Add((place, one.Text()));
            if (one.IsChanged)
                accounts[one.Account].Add(
                    (places[0] + (1 - places[0]) * random.NextDouble(), one.Text(more: 1)));
        }
        return
        [
            .. accounts.Select(sends => new Queue<string>(sends.OrderBy(send => send.At).Select(send => send.Text))),
        ];
    }

    /// <summary>Each connection has accounts of its own, so that their order is kept.</summary>
    private static async Task<Dictionary<string, int>> SendAsync(
        ApiServer server, List<Queue<string>> accounts, Random random)
    {
        var said = await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => SendAsync(
            server,
            [
                .. accounts.Where((_, account) => account % Connections == connection)
                    .Select(all => new Queue<string>(all)),
            ],
            random.Next())));
        return said.SelectMany(one => one).GroupBy(one => one.Key)
            .ToDictionary(one => one.Key, one => one.Sum(count => count.Value));
    }

    private static async Task<Dictionary<string, int>> SendAsync(ApiServer server, List<Queue<string>> left, int seed)
    {
        var (random, said) = (new Random(seed), new Dictionary<string, int>());
        while (left.Count > 0)
        {
            var some = new List<string>();
            for (var size = random.Next(1, SendMax); size > 0 && left.Count > 0; size--)
            {
                var account = random.Next(left.Count);
                some.Add(left[account].Dequeue());
                if (left[account].Count == 0) left.RemoveAt(account);
            }
            var (text, type) = random.Next(2) == 0
                ? (string.Join('\n', some), "application/x-ndjson")
                : ($"[{string.Join(',', some)}]", "application/json");
            using var content = new StringContent(text, Encoding.UTF8, type);
            using var response = await server.Http.PostAsync("/api/v1/usage/events", content);
            await using var body = await response.Content.ReadAsStreamAsync();
            using var answer = await JsonDocument.ParseAsync(body);
            Assert.True(response.IsSuccessStatusCode, answer.RootElement.GetRawText());
            foreach (var result in answer.RootElement.GetProperty("results").EnumerateArray())
            {
                var status = result.GetProperty("status").GetString()!;
                if (status == "rejected")
                    Assert.Equal("idempotency_mismatch", result.GetProperty("error").GetProperty("code").GetString());
                said[status] = said.GetValueOrDefault(status) + 1;
            }
        }
        return said;
    }

    /// <summary>By account, model and day, as events, tokens and millionths: of the set alone.</summary>
    private static SortedDictionary<string, (long, long, long)> Expected(List<Event> all)
    {
        var figures = new SortedDictionary<string, (long, long, long)>(StringComparer.Ordinal);
        foreach (var one in all)
            foreach (var key in new[] { $"a{one.Account}", $"m{one.Model}", one.Day })
            {
                var (count, tokens, cost) = figures.GetValueOrDefault(key);
                figures[key] = (count + 1, tokens + one.Tokens, cost + one.Cost);
            }
        return figures;
    }

    private static async Task<SortedDictionary<string, (long, long, long)>> FiguresAsync(ApiServer server)
    {
        var figures = new SortedDictionary<string, (long, long, long)>(StringComparer.Ordinal);
        const string Period = "from=2025-12-01&to=2026-01-02";
        foreach (var row in (await server.GetAsync($"~/usage/by-model?{Period}")).Must(200).Data)
            Add((string)row["model"]!, row);
        foreach (var row in (await server.GetAsync($"~/usage/daily?{Period}")).Must(200).Data)
            if ((long)row["total_events"]! > 0) Add((string)row["date"]!, row);
        for (var account = 0; account < Accounts; account++)
        {
            var summary = (await server.GetAsync($"~/usage/summary?{Period}&account_id=a{account}")).Must(200).Body!;
            Add($"a{account}", summary);
            var balance = (await server.GetAsync($"~/accounts/a{account}/balance")).Must(200).Body!;
            Assert.Equal(500m - Books.Amount(summary, "total_cost"), Books.Amount(balance, "balance"));
        }
        return figures;

        void Add(string key, JsonNode row) => figures[key] = (
            (long)row["total_events"]!, (long)row["total_tokens"]!, Reports.ReportBooks.Micros(row["total_cost"]));
    }

    private sealed record Event(
        int Id, int Account, int Model, int Tokens, int DaysAgo, bool IsCharged, int Times, bool IsChanged)
    {
        private DateTimeOffset At => ApiServer.Start.ToDateTimeOffset().AddDays(-DaysAgo).AddSeconds(-Id % 3_600);
        public string Day => At.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        public long Cost => IsCharged ? Tokens * 1_000L * (Model + 1) : 0;

        /// <param name="more">Tokens.</param>
        public string Text(int more = 0) => $$$"""
            {"id":"{{{Id}}}","account_id":"a{{{Account}}}","occurred_at":"{{{At:yyyy-MM-ddTHH:mm:ssZ}}}",
            "charge":{{{(IsCharged ? "true" : "false")}}},
            "usage":{"model":"m{{{Model}}}","input_tokens":{{{Tokens + more}}}}}
            """.ReplaceLineEndings("");
    }
}
