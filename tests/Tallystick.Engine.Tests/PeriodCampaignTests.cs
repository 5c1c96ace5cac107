using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.TimeZones;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Engine.Lanes;
using Tallystick.Testing;
using Xunit;
using Instant = Tallystick.Core.Time.Instant;

namespace Tallystick.Engine.Tests;

/// <summary>
/// Two years of many accounts in many zones, under a clock that leaps about and fifty schedulers that all want to be
/// the one that ends a period. What must come of it is worked out beside the ledger, from calendars alone.
/// </summary>
public abstract class PeriodCampaignTests(StoreKind kind, int nodes, int accounts) : IAsyncLifetime
{
    public sealed class OnSqlite()
        : PeriodCampaignTests(StoreKind.Sqlite, nodes: 1, Number("TALLY_PERIOD_ACCOUNTS", 1_000));

    public sealed class OnPostgres() : PeriodCampaignTests(StoreKind.Postgres, nodes: 3, accounts: 60);

    private const int Months = 24, Schedulers = 50, OfEach = 5, AtOnce = 16;
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private static readonly LocalDate Begin = new(2026, 1, 28);
    private static readonly string[] Zones =
    [
        "UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland",
        "America/St_Johns", "Africa/Cairo", "Pacific/Niue",
    ];

    private readonly TestStore _store = TestStore.Create(kind, hasTestClock: false);
    private readonly LeapingTime _time = new();
    private readonly List<Ledger> _nodes = [];
    private readonly List<(string Id, string Zone, bool IsCalendar, Instant Since)> _opened = [];

    public async ValueTask InitializeAsync()
    {
        for (var node = 0; node < nodes; node++)
        {
            // The clocks of nodes differ, too.
            var clock = new LedgerClock(new ShiftedTime(_time, TimeSpan.FromMilliseconds(40 * node)));
            _nodes.Add(new(await _store.OpenAsync(), clock, new LaneOptions(), NullLogger<Ledger>.Instance));
        }
        Leap(Begin.At(new(9, 0)));
        await ProjectAsync(new ProjectCommand.OpenProject("default"));
        foreach (var period in new[] { PeriodRule.Calendar, PeriodRule.Anniversary })
            await ProjectAsync(new ProjectCommand.PutTier($"{period}", new()
            {
                Allowance = new(1_000_000), Period = period, Rollover = new(500_000, new(400_000), 2),
            }));
    }

    [Fact]
    public async Task Fifty_schedulers_over_two_years_of_leaps_give_each_period_its_allowance_once_X3_I23_I24()
    {
        await OpenAsync();
        var random = new Random(Number("TALLY_SEED", 20_260_128));
        foreach (var time in Times())
        {
            Leap(time);
            await Task.WhenAll(Enumerable.Range(0, Schedulers).Select(one => ScheduleAsync(new(random.Next() ^ one))));
        }
        Leap(Times().Last());
        foreach (var node in _nodes) await SettleAsync(node, _opened);

        var given = 0;
        foreach (var account in _opened)
        {
            var journal = await JournalAsync(account.Id);
            var allowances = journal.Where(
                entry => entry.Body is EntryBody.Granted { Kind: GrantKind.Allowance }).ToList();
            var ends = Ends(account.Zone, account.IsCalendar, account.Since).Take(Months).ToList();
            Assert.Equal(
                [account.Since, .. ends],
                allowances.Select(entry => entry.At));
            Assert.Equal(ends, journal.Where(entry => entry.Body is EntryBody.PeriodEnded).Select(entry => entry.At));
            foreach (var (before, entry) in journal.Zip(journal.Skip(1))) Assert.True(before.At <= entry.At);
            given += allowances.Count - 1;
        }
        Assert.Equal(Months * accounts, given);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The ends of months and what is around them; every other month forty days ahead and back, as a clock that was set
    /// wrong is.
    /// </summary>
    private static IEnumerable<LocalDateTime> Times()
    {
        for (var month = 1; month <= Months; month++)
        {
            var first = new LocalDate(2026, 1, 1).PlusMonths(month).AtMidnight();
            yield return first.PlusDays(-2);
            yield return first.PlusSeconds(-1);
            yield return first;
            if (month % 2 == 0 && month < Months - 1)
            {
                yield return first.PlusDays(40);
                yield return first.PlusDays(1);
            }
        }
        // Late enough for the 24th end of every zone and day, too early for any 25th.
        yield return new(2028, 1, 31, 10, 5);
    }

    /// <summary>On each of the last days of a month, so that some anniversaries have no day in shorter ones.</summary>
    private async Task OpenAsync()
    {
        for (var i = 0; i < accounts; i++)
        {
            Leap(Begin.PlusDays(i * 4 / accounts).At(new(9, i % 60)));
            var (zone, isCalendar) = (Zones[i % Zones.Length], i % 2 == 0);
            var tier = $"{(isCalendar ? PeriodRule.Calendar : PeriodRule.Anniversary)}";
            await AskAsync(
                _nodes[i % nodes], $"a{i}",
                new AccountCommand.PutAccount($"a{i}") { Tier = tier, TimeZone = zone });
            var since = (await JournalAsync($"a{i}")).First(entry => entry.Body is EntryBody.PeriodBegun).At;
            _opened.Add(($"a{i}", zone, isCalendar, since));
        }
    }

    /// <summary>One scheduler's round: some of all accounts in an order of its own, on one of the nodes.</summary>
    private Task ScheduleAsync(Random random)
    {
        var some = _opened.ToArray();
        random.Shuffle(some);
        return SettleAsync(_nodes[random.Next(_nodes.Count)], some.Take(1 + (some.Length / OfEach)));
    }

    private static async Task SettleAsync(
        Ledger node, IEnumerable<(string Id, string, bool, Instant)> some)
    {
        foreach (var few in some.Chunk(AtOnce))
            await Task.WhenAll(few.Select(account => AskAsync(node, account.Id, new AccountCommand.SettleDue())));
    }

    /// <summary>The ends of an account's periods, by the calendar of its zone.</summary>
    private static IEnumerable<Instant> Ends(string zone, bool isCalendar, Instant since)
    {
        var here = DateTimeZoneProviders.Tzdb[zone];
        var begun = NodaTime.Instant.FromUnixTimeTicks(since.Micros * 10).InZone(here).LocalDateTime;
        for (var month = 1; ; month++)
        {
            // A day that a month does not have is its last one; each is counted from the first, so that none drifts.
            var (year, next) = (begun.Year + (begun.Month + month - 1) / 12, (begun.Month + month - 1) % 12 + 1);
            var day = isCalendar ? 1 : Math.Min(begun.Day, DateTime.DaysInMonth(year, next));
            var local = new LocalDate(year, next, day) + (isCalendar ? LocalTime.Midnight : begun.TimeOfDay);
            var end = local.InZone(here, Resolvers.LenientResolver).ToInstant();
            yield return new(end.ToUnixTimeTicks() / 10);
        }
    }

    private void Leap(LocalDateTime time) => _time.Now = time.InUtc().ToDateTimeOffset();

    private async Task<List<JournalEntry>> JournalAsync(string account)
    {
        var state = (await _nodes[0].FindAccountAsync(1, account, CancellationToken.None))!;
        var (entries, _) = await _nodes[0].Journal(state.Key)
            .ReadAsync(_ => true, state.Sequence + 1, 1, 1_000, CancellationToken.None);
        return [.. entries.Reverse().Select(entry => entry.Entry)];
    }

    private Task<Reply> ProjectAsync(ProjectCommand command) => _nodes[0].ExecuteAsync(
        new() { Chain = ChainKey.OfProject(1), Project = command, Origin = new(null, Nothing, default, Nothing) },
        CancellationToken.None);

    private static Task<Reply> AskAsync(Ledger node, string account, AccountCommand command) => node.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfAccount(1, account), AccountId = account, Account = command,
            Origin = command is AccountCommand.SettleDue ? null : new(null, Nothing, default, Nothing),
        },
        CancellationToken.None);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var given)
            ? given
            : otherwise;

    /// <summary>A system's time as somebody sets it.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }
        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class ShiftedTime(TimeProvider time, TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + by;
    }
}
