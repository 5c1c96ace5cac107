using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Imports;
using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Sources;

namespace Tallystick.Server.Import.Layouts;

/// <summary>The history of a profile of document 002: its ledger, and the jobs that the ledger does not know.</summary>
internal sealed class JobHistory(List<SourceJob> jobs, AccountReading reading)
{
    private const int TypeMax = 64;
    private readonly Dictionary<string, SourceJob> _jobs = ById(jobs);

    public IReadOnlyList<SourceEntry> Of(List<SourceRow> ledger)
    {
        var rows = ledger.ConvertAll(Entry);
        var known = rows.Where(one => one.Row.IsCharge).Select(one => one.ChargeKey).ToHashSet();
        rows.AddRange(jobs.Where(job => job.Taken.IsPositive && !known.Contains(job.Id)).Select(Entry));
        // A row of the ledger and a job may share an instant: the ledger's come first, as they were read.
        return Refunds.WithoutRefunded([.. rows.OrderBy(one => one.Row.OccurredAt)]);
    }

    /// <exception cref="UnreadableException">One is there twice, as a view with a join may have it.</exception>
    private static Dictionary<string, SourceJob> ById(List<SourceJob> jobs)
    {
        var known = new Dictionary<string, SourceJob>(StringComparer.Ordinal);
        foreach (var job in jobs)
            if (!known.TryAdd(job.Id, job))
                throw new UnreadableException($"job {job.Id} is in {job.Row.Table.Name} more than once");
        return known;
    }

    private SourceEntry Entry(SourceRow row)
    {
        var meta = AccountReading.Json(row, "metadata");
        var (id, amount, reason) = (reading.RowId(row), reading.Money(row, "amount"), row["reason"] ?? "");
        var job = JobOf(row, meta, reason);
        var isCharge = amount < default(CreditAmount);
        if (!isCharge && job is not null) CheckRefund(id, amount, job, meta);
        return new(
            new()
            {
                Table = row.Table.Name, RowId = id, OccurredAt = AccountReading.Time(row, "ts"), Type = TypeOf(reason),
                Amount = amount, Left = reading.MoneyOrNull(row, "balance_after"),
                Split = isCharge ? SplitOf(id, -amount, meta, job) : [],
                ReferenceId = AccountReading.Reference(job?.Id ?? row["job_id"]),
            }, reading.EntryText(row, reason, meta))
        {
            ChargeKey = job?.Id ?? row["job_id"],
        };
    }

    /// <summary>The job took its credits, and the ledger does not say so: its own row does.</summary>
    private SourceEntry Entry(SourceJob job) => new(
        new()
        {
            Table = job.Row.Table.Name, RowId = job.Id, OccurredAt = job.CreatedAt, Type = "job", Amount = -job.Taken,
            // What an open one took, its hold has.
            Split = job.IsOpen ? [] : job.Split, ReferenceId = AccountReading.Reference(job.Id),
        }, reading.EntryText(job.Row, null, AccountReading.Json(job.Row, "meta_json"), "status"))
    {
        ChargeKey = job.Id,
    };

    /// <summary>The job that a row names: in a column, its metadata, or after the last colon of the reason.</summary>
    private SourceJob? JobOf(SourceRow row, JsonElement? meta, string reason)
    {
        var named = new[]
        {
            row["job_id"], AccountReading.Text(meta, "job_id"), reason[(reason.LastIndexOf(':') + 1)..].Trim(),
        };
        return named.Where(name => name is not null).Select(name => _jobs.GetValueOrDefault(name!))
            .FirstOrDefault(job => job is not null);
    }

    private ImmutableArray<BucketPart> SplitOf(string row, CreditAmount taken, JsonElement? meta, SourceJob? job)
    {
        var (monthly, addon) = (
            reading.Money(meta, "metadata", "monthly_deducted", "monthly"),
            reading.Money(meta, "metadata", "addon_deducted", "addon"));
        if (job is { IsOpen: true }) return [];
        if (monthly is null && addon is null) return job is not null && job.Taken == taken ? job.Split : [];
        return Layout.SplitOf(reading, row, taken, (SourceJob.Monthly, monthly), (SourceJob.Addon, addon));
    }

    /// <summary>What document 002 is about: add-on credits that came back as monthly ones.</summary>
    private void CheckRefund(string row, CreditAmount amount, SourceJob job, JsonElement? meta)
    {
        if (job.AddonTaken.IsZero || amount < job.Taken) return;
        var (monthly, addon) = (
            reading.Money(meta, "metadata", "monthly_refunded", "monthly_deducted", "monthly"),
            reading.Money(meta, "metadata", "addon_refunded", "addon_deducted", "addon"));
        var lost = job.AddonTaken - (addon ?? default);
        if (!lost.IsPositive) return;
        reading.Findings.Add(new(
            FindingKind.WrongBucketRefund,
            monthly is null && addon is null
                ? $"row {row} gave {amount} of job {job.Id} back without saying to which bucket; {job.AddonTaken} of "
                    + "it were add-on credits, which document 002 gave back as monthly ones before its repair"
                : $"row {row} gave {addon ?? default} of job {job.Id} back to add-on, which had given {job.AddonTaken}",
            lost));
    }

    private static string? TypeOf(string reason)
    {
        var colon = reason.IndexOf(':', StringComparison.Ordinal);
        var word = (colon < 0 ? reason : reason[..colon]).Trim();
        return word.Length is > 0 and <= TypeMax ? word : null;
    }
}
