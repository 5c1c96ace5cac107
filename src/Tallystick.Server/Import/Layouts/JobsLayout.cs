using System.Runtime.CompilerServices;
using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Sources;
using static Tallystick.Server.Import.Sources.SourceColumn;

namespace Tallystick.Server.Import.Layouts;

/// <summary>
/// Document 002: <c>profiles</c> with two buckets, <c>jobs</c> that take from them, and <c>ledger</c>.
/// </summary>
internal sealed class JobsLayout() : Layout("002")
{
    private static readonly SourceColumn[] ProfileColumns =
        [Required("id", "user_id"), Required("credits_remaining"), Required("addon_credits")];

    private static readonly SourceColumn[] JobColumns =
    [
        Required("id"), Required("user_id", "profile_id"), Required("created_at"), Required("meta_json", "meta"),
        Required("status", "state"), Optional("row_count", "rows"),
    ];

    private static readonly SourceColumn[] LedgerColumns =
    [
        Optional("id"), Required("user_id", "profile_id"), Required("amount", "delta", "change", "credits"),
        Required("reason"), Required("ts", "created_at"), Optional("metadata", "meta_json", "meta"), Optional("job_id"),
        Optional("balance_after"),
    ];

    public override async Task<IAsyncEnumerable<SourceAccount>> ReadAsync(
        SourceDatabase source, ImportOptions options, Strays strays, CancellationToken cancel)
    {
        var profiles = await source.FindAsync(["profiles"], ProfileColumns, cancel);
        var jobs = await source.FindAsync(["jobs"], JobColumns, cancel);
        var ledger = await source.FindAsync(["ledger"], LedgerColumns, cancel);
        return EachAsync(source, profiles, jobs, ledger, options, strays, cancel);
    }

    private static async IAsyncEnumerable<SourceAccount> EachAsync(
        SourceDatabase source, SourceTable profiles, SourceTable jobs, SourceTable ledger, ImportOptions options,
        Strays strays, [EnumeratorCancellation] CancellationToken cancel)
    {
        var ofJobs = new AccountRows(
            await source.ReadAsync(jobs, jobs.Select("user_id", "created_at", "id"), cancel), "user_id");
        var ofLedger = new AccountRows(
            await source.ReadAsync(ledger, ledger.Select("user_id", "ts", "id"), cancel), "user_id");
        var cursor = await source.ReadAsync(profiles, profiles.Select("id"), cancel);
        await foreach (var account in EachAsync(
            cursor, "id", options, strays, async (row, id, reading) =>
            {
                var itsJobs = await ofJobs.TakeAsync(id, strays.Of(jobs.Name), cancel);
                var rows = await ofLedger.TakeAsync(id, strays.Of(ledger.Name), cancel);
                return () => Read(row, id, itsJobs, rows, reading);
            }, cancel)) yield return account;
        await ofJobs.EndAsync(strays.Of(jobs.Name), cancel);
        await ofLedger.EndAsync(strays.Of(ledger.Name), cancel);
    }

    private static SourceAccount Read(
        SourceRow row, string id, List<SourceRow> jobRows, List<SourceRow> ledgerRows, AccountReading reading)
    {
        var (monthly, addon) = (reading.Money(row, "credits_remaining"), reading.Money(row, "addon_credits"));
        var jobs = jobRows.Select(one => SourceJob.Read(one, reading)).OfType<SourceJob>().ToList();
        var open = jobs.Where(job => job.IsOpen && job.Taken.IsPositive).Select(job => job.ToOpen(reading)).ToList();
        var isUnassigned = open.Any(job => job.Taken.Any(part => part.Bucket == SourceJob.Unassigned));
        var (buckets, owed) = reading.Open(
        [
            (SourceJob.Monthly, monthly, true), (SourceJob.Addon, addon, false),
            .. isUnassigned ? [(SourceJob.Unassigned, default(CreditAmount), false)]
                : Array.Empty<(string, CreditAmount, bool)>(),
        ]);
        return new()
        {
            SourceId = id, AccountId = reading.AccountId(id), Stated = monthly + addon, Buckets = [.. buckets],
            Owed = owed, Jobs = [.. open], History = new JobHistory(jobs, reading).Of(ledgerRows),
        };
    }
}
