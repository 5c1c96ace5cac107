using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>
/// Q15: a system clock that jumps forwards and back at random through two years, in zones all over the world.
/// TALLY_SEED=n draws the same again; TALLY_CLOCK_SCHEDULES=n tries n.
/// </summary>
public sealed class ClockScheduleTests(ITestOutputHelper output)
{
    private const int MonthsAhead = 24, AccountsEach = 3;
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];

    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe",
        "Pacific/Apia", "Pacific/Kiritimati", "Africa/Casablanca", "America/St_Johns",
    ];

    /// <summary>In the middle of months, so that no zone's offset matters for how many have begun.</summary>
    private static readonly DateTimeOffset[] Starts =
    [
        new(2026, 1, 10, 12, 0, 0, TimeSpan.Zero), new(2027, 6, 15, 0, 0, 0, TimeSpan.Zero),
        new(2036, 12, 20, 6, 0, 0, TimeSpan.Zero), // over February 29th and past 2038
    ];

    [Fact]
    public async Task However_a_clock_jumps_each_account_has_each_months_allowance_once_and_no_time_falls_Q15_I23_I24()
    {
        var seed = Number("TALLY_SEED") ?? Random.Shared.Next();
        output.WriteLine($"TALLY_SEED={seed}");
        var schedules = Number("TALLY_CLOCK_SCHEDULES") ?? 30;
        for (var i = 0; i < schedules; i++) await RunAsync(new(unchecked(seed * 31 + i)), Starts[i % Starts.Length]);
        output.WriteLine(
            $"{schedules} schedules of {MonthsAhead} months, {schedules * AccountsEach} accounts, "
            + $"{schedules * AccountsEach * (1 + MonthsAhead)} allowances, each once");
    }

    private static async Task RunAsync(Random random, DateTimeOffset start)
    {
        var time = new SetTime { Now = start };
        await using var ledger = new Ledger(new MemoryStore(), new(time), new(), NullLogger<Ledger>.Instance);
        await AskAsync(ledger, ChainKey.OfProject(1), new ProjectCommand.OpenProject("default"));
        var accounts = Enumerable.Range(0, AccountsEach).Select(i => $"account-{i}").ToList();
        foreach (var account in accounts)
            await AskAsync(ledger, account, new AccountCommand.PutAccount(account)
            {
                Tier = "starter", TimeZone = Zones[random.Next(Zones.Length)],
            });
        var end = start.AddMonths(MonthsAhead);
        for (var (latest, step) = (start, 0); latest < end; step++)
        {
            // Back by any time; forwards never beyond the end, where everything is counted.
            time.Now = random.Next(4) == 0
                ? latest.AddSeconds(-random.Next(40 * 86_400))
                : Least(end, latest.AddSeconds(random.Next(30 * 86_400)));
            latest = time.Now > latest ? time.Now : latest;
            await AskAsync(ledger, accounts[step % AccountsEach], Charge(1));
        }
        foreach (var account in accounts)
        {
            await AskAsync(ledger, account, Charge(1));
            var journal = await JournalAsync(ledger, account);
            Assert.All(journal.Zip(journal.Skip(1)), pair => Assert.True(pair.First.At <= pair.Second.At));
            var allowances = journal.Where(entry => entry.Body is EntryBody.Granted { Kind: GrantKind.Allowance })
                .Select(entry => entry.At.Micros).ToList();
            Assert.Equal(1 + MonthsAhead, allowances.Count);
            // A month has 28 to 31 days, and clocks are put on or back by at most an hour.
            Assert.All(allowances.Skip(1).Zip(allowances.Skip(2)), pair => Assert.InRange(
                (pair.Second - pair.First) / 3_600_000_000, 28 * 24 - 1, 31 * 24 + 1));
        }
    }

    private static DateTimeOffset Least(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static AccountCommand.ChargeCredits Charge(long micros) => new(Demand.Of(new CreditAmount(micros)), null);

    private static Task<Reply> AskAsync(Ledger ledger, string account, AccountCommand command) =>
        DoneAsync(ledger, new()
        {
            Chain = ChainKey.OfAccount(1, account), AccountId = account, Account = command,
            Origin = new(null, Nothing, default, Nothing),
        });

    private static Task<Reply> AskAsync(Ledger ledger, ChainKey project, ProjectCommand command) =>
        DoneAsync(ledger, new()
        {
            Chain = project, Project = command, Origin = new(null, Nothing, default, Nothing),
        });

    private static async Task<Reply> DoneAsync(Ledger ledger, LedgerRequest request) =>
        Assert.IsType<Reply.Done>(await ledger.ExecuteAsync(request, TestContext.Current.CancellationToken));

    private static async Task<List<JournalEntry>> JournalAsync(Ledger ledger, string account)
    {
        var (chain, cancel) = (ChainKey.OfAccount(1, account), TestContext.Current.CancellationToken);
        var last = (await ledger.LoadAsync(chain, cancel))!.Sequence;
        var entries = new List<JournalEntry>();
        for (var sequence = 1L; sequence <= last; sequence++)
            entries.Add((await ledger.EntryAsync(chain, sequence, cancel))!.Entry);
        return entries;
    }

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : null;

    /// <summary>The system's time as somebody sets it.</summary>
    private sealed class SetTime : TimeProvider
    {
        public required DateTimeOffset Now { get; set; }
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
