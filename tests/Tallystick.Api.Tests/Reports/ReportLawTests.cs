using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Reports;

/// <summary>
/// Whatever has happened, and whatever is asked: a report is the sum over the journal. TALLY_SEED=n runs a seed again.
/// </summary>
public abstract class ReportLawTests(StoreKind store)
{
    private const int Steps = 420, Questions = 30;
    private static readonly string[] Zones =
    [
        "UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe",
        "Pacific/Chatham", "America/St_Johns", "Pacific/Kiritimati",
    ];

    public sealed class OnMemory() : ReportLawTests(StoreKind.Memory);
    public sealed class OnSqlite() : ReportLawTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : ReportLawTests(StoreKind.Postgres);

    [Fact]
    public async Task A_report_is_the_sum_over_the_journal_for_any_account_period_zone_and_key_I4()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var asked)
            ? asked : Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"TALLY_SEED={seed}");
        var random = new Random(seed);
        await using var server = await ApiServer.StartAsync(store);
        var books = new ReportBooks(server, random);
        await books.OpenAsync();
        for (var round = 0; round < 3; round++)
        {
            await books.HappenAsync(Steps / 3);
            await books.ReadAsync();
            for (var i = 0; i < Questions / 3; i++) await AskAsync(server, books, random);
            await server.RestartAsync();
        }
        await AskAsync(server, books, random);
    }

    private static async Task AskAsync(ApiServer server, ReportBooks books, Random random)
    {
        var account = random.Next(3) == 0 ? null : ReportBooks.Accounts[random.Next(ReportBooks.Accounts.Length)];
        var zone = Zones[random.Next(Zones.Length)];
        var length = books.Now - ApiServer.Start.ToDateTimeOffset();
        var from = ApiServer.Start.ToDateTimeOffset() + length * random.NextDouble();
        var to = from + (books.Now.AddDays(1) - from) * random.NextDouble();
        var query = $"from={Uri.EscapeDataString($"{from:O}")}&to={Uri.EscapeDataString($"{to:O}")}&time_zone={zone}"
            + (account is null ? "" : $"&account_id={account}");
        var entries = books.Entries.Where(entry => account is null || entry.Account == account).ToList();

        var inPeriod = entries.Where(entry => entry.Used >= Quarter(from) && entry.Used < QuarterAfter(to)).ToList();
        Check(inPeriod, (await server.GetAsync($"~/usage/summary?{query}")).Must(200).Body!);
        await CheckRowsAsync(server, $"~/usage/by-model?{query}", inPeriod.ToLookup(entry => entry.Model), "model");
        await CheckRowsAsync(
            server, $"~/usage/by-service?{query}", inPeriod.ToLookup(entry => entry.Service), "service");
        await CheckRowsAsync(
            server, $"~/usage/by-key?key=team&{query}", inPeriod.ToLookup(entry => entry.Team), "value");
        await CheckDaysAsync(server, query, entries, zone, (from, to));
    }

    private static async Task CheckRowsAsync(
        ApiServer server, string path, ILookup<string?, BookedEntry> expected, string name)
    {
        var rows = (await server.GetAsync(path)).Must(200).Data.ToDictionary(row => (string?)row[name] ?? "\0");
        foreach (var group in expected)
            if (rows.Remove(group.Key ?? "\0", out var row)) Check([.. group], row);
            else Check([.. group], null);
        Assert.Empty(rows);
    }

    private static async Task CheckDaysAsync(
        ApiServer server, string query, List<BookedEntry> entries, string zone,
        (DateTimeOffset From, DateTimeOffset To) period)
    {
        var here = DateTimeZoneProviders.Tzdb[zone];
        var days = (await server.GetAsync($"~/usage/daily?{query}")).Must(200).Data.ToList();
        var balances = (await server.GetAsync($"~/usage/balances?{query}")).Must(200).Data.ToList();
        Assert.Equal(Day(period.From), (string)days[0]["date"]!);
        Assert.Equal(Day(period.To.AddTicks(-1)), (string)days[^1]["date"]!);
        Assert.Equal(days.Select(day => (string)day["date"]!), balances.Select(day => (string)day["date"]!));
        foreach (var day in days)
            Check([.. entries.Where(entry => Day(entry.Used) == (string)day["date"]!)], day);
        foreach (var day in balances)
        {
            var (date, of) = ((string)day["date"]!, day);
            Assert.Equal(
                entries.Where(entry => string.CompareOrdinal(Day(entry.Recorded), date) <= 0)
                    .Sum(entry => entry.BalanceChange),
                ReportBooks.Micros(day["balance"]));
            Assert.Equal(
                entries.Where(entry => Day(entry.Recorded) == date).Sum(entry => entry.BalanceChange),
                Sum(of, "granted", "returned") - Sum(of, "consumed", "expired", "voided"));
        }

        string Day(DateTimeOffset at) =>
            Instant.FromDateTimeOffset(at).InZone(here).Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
    }

    private static long Sum(JsonNode row, params string[] names) => names.Sum(name => ReportBooks.Micros(row[name]));

    private static void Check(List<BookedEntry> entries, JsonNode? row)
    {
        var (cost, provider) = (entries.Sum(one => one.Charged - one.Refunded), entries.Sum(one => one.Provider));
        var events = entries.Count(one => one.IsEvent);
        var free = entries.Count(one => one.IsEvent && one.Standing == 0);
        long[] expected =
        [
            events, free, events - free, entries.Sum(one => one.Tokens), entries.Sum(one => one.Output),
            entries.Sum(one => one.Tokens + one.Output), cost, provider, cost - provider,
            entries.Sum(one => one.Refunded),
        ];
        // A row of zeros may be left out.
        if (row is null)
        {
            Assert.All(expected, value => Assert.Equal(0, value));
            return;
        }
        long[] answered =
        [
            Count("total_events"), Count("free_tier_events"), Count("paid_tier_events"), Count("input_tokens"),
            Count("output_tokens"), Count("total_tokens"), Sum(row, "total_cost"), Sum(row, "provider_cost"),
            Sum(row, "platform_markup"), Sum(row, "refunded"),
        ];
        Assert.Equal(expected, answered);

        long Count(string name) => (long)row[name]!;
    }

    private static DateTimeOffset Quarter(DateTimeOffset at) =>
        new(at.UtcTicks - at.UtcTicks % TimeSpan.FromMinutes(15).Ticks, TimeSpan.Zero);

    private static DateTimeOffset QuarterAfter(DateTimeOffset at) =>
        Quarter(at) == at ? at : Quarter(at).AddMinutes(15);
}
