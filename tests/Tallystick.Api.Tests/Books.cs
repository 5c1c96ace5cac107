using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>An account's journal as the API shows it, folded again from its postings.</summary>
internal static class Books
{
    private static readonly string[] GrantPools = ["pending", "remaining", "held", "used", "expired", "voided"];

    /// <summary>The whole journal, oldest entry first.</summary>
    public static async Task<List<JsonNode>> JournalAsync(ApiServer server, string account = "acme")
    {
        var entries = new List<JsonNode>();
        for (var cursor = ""; ;)
        {
            var page = (await server.GetAsync($"~/accounts/{account}/transactions?limit=1000{cursor}")).Must(200);
            entries.AddRange(page.Data);
            if (page["has_more"] == "false") break;
            cursor = "&cursor=" + page["next_cursor"];
        }
        entries.Reverse();
        return entries;
    }

    /// <summary>
    /// Every entry sums to zero and leaves no pool negative, numbers have no gap and dates never fall, and what the
    /// balance and the grants show is the fold of it all.
    /// </summary>
    public static async Task MustHoldAsync(ApiServer server, string account = "acme")
    {
        var balance = (await server.GetAsync($"~/accounts/{account}/balance")).Must(200);
        var grants = (await server.GetAsync($"~/accounts/{account}/grants?limit=1000")).Must(200).Data.ToList();
        var journal = await JournalAsync(server, account);
        var (sum, pools) = Fold(journal);
        Assert.Equal(Amount(balance.Body!, "balance"), sum);
        Assert.Equal(Amount(balance.Body!, "debt"), -pools.GetValueOrDefault((null, "debt")));
        foreach (var grant in grants)
        {
            var shown = GrantPools[1..].Sum(pool => Amount(grant, pool));
            Assert.Equal(Amount(grant, "amount"), shown + pools.GetValueOrDefault(((string?)grant["id"], "pending")));
            foreach (var pool in GrantPools[1..])
                Assert.Equal(Amount(grant, pool), pools.GetValueOrDefault(((string?)grant["id"], pool)));
        }
    }

    private static (decimal Balance, Dictionary<(string? Grant, string Pool), decimal> Pools) Fold(
        List<JsonNode> journal)
    {
        var balance = 0m;
        var (pools, hashes) = (new Dictionary<(string? Grant, string Pool), decimal>(), new HashSet<string>());
        var touched = new HashSet<(string? Grant, string Pool)>();
        for (var i = 0; i < journal.Count; i++)
        {
            var entry = journal[i];
            Assert.Equal(i + 1, (int)entry["sequence"]!);
            if (i > 0) Assert.True(Time(journal[i - 1]) <= Time(entry), "an entry is older than the one before it");
            Assert.Equal(0m, entry["postings"]!.AsArray().Sum(posting => Amount(posting!, "amount")));
            foreach (var posting in entry["postings"]!.AsArray())
            {
                var pool = ((string?)posting!["grant_id"], (string)posting["pool"]!);
                pools[pool] = pools.GetValueOrDefault(pool) + Amount(posting, "amount");
                touched.Add(pool);
            }
            foreach (var pool in touched.Where(pool => pool.Grant is not null))
                Assert.True(pools[pool] >= 0, $"{pool} is {pools[pool]} after {entry.ToJsonString()}");
            touched.Clear();
            balance += Amount(entry, "balance_change");
            Assert.Equal(balance, Amount(entry, "balance_after"));
            Assert.True(hashes.Add((string)entry["hash"]!), "two entries have one hash");
        }
        return (balance, pools);
    }

    public static DateTimeOffset Time(JsonNode entry) => (DateTimeOffset)entry["created_at"]!;

    public static decimal Amount(JsonNode node, string member) =>
        decimal.Parse((string)node[member]!, CultureInfo.InvariantCulture);
}
