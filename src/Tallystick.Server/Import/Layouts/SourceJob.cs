using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Sources;

namespace Tallystick.Server.Import.Layouts;

/// <summary>A job of document 002 that had taken credits.</summary>
internal sealed record SourceJob(string Id, Instant CreatedAt, bool IsOpen, CreditAmount Taken, long Rows)
{
    public const string Monthly = "monthly", Addon = "addon";

    /// <summary>What an open job took of nobody knows which bucket comes back to this one, if it comes back.</summary>
    public const string Unassigned = "unassigned";

    /// <summary>From which buckets; empty where the job does not say (before the repair of document 002).</summary>
    public ImmutableArray<BucketPart> Split { get; init; } = [];
    public required SourceRow Row { get; init; }

    public CreditAmount AddonTaken =>
        Split.Where(part => part.Bucket == Addon).Aggregate(default(CreditAmount), (sum, part) => sum + part.Amount);

    /// <summary>Null for one that took nothing.</summary>
    public static SourceJob? Read(SourceRow row, AccountReading reading)
    {
        var meta = AccountReading.Json(row, "meta_json");
        if (meta is not { ValueKind: JsonValueKind.Object } said
            || !said.TryGetProperty("credits_deducted", out var deducted) || deducted.ValueKind != JsonValueKind.True)
            return null;
        var id = row["id"] ?? throw new UnreadableException($"{row.NameOf("id")} is null");
        var cost = reading.Money(meta, "meta_json", "credit_cost");
        var (monthly, addon) = (
            reading.Money(meta, "meta_json", "monthly_deducted"), reading.Money(meta, "meta_json", "addon_deducted"));
        var split = new[] { (Monthly, monthly), (Addon, addon) }
            .Where(part => part.Item2 is { IsPositive: true })
            .Select(part => new BucketPart(part.Item1, part.Item2!.Value)).ToImmutableArray();
        var taken = split.IsEmpty ? cost ?? default
            : split.Aggregate(default(CreditAmount), (sum, part) => sum + part.Amount);
        if (taken < default(CreditAmount)) throw new UnreadableException($"job {id} took {taken}");
        if (cost is { } asked && asked != taken)
            reading.Findings.Add(new(
                FindingKind.SplitIsNotTheAmount, $"job {id} cost {asked} and took {taken}: what it took counts",
                asked - taken));
        var rows = row["row_count"] is { } count && long.TryParse(count, CultureInfo.InvariantCulture, out var known)
            ? known : 0;
        return new(id, AccountReading.Time(row, "created_at"), IsOpenIn(row, id, reading.Options), taken, rows)
        {
            Split = split, Row = row,
        };
    }

    public OpenJob ToOpen(AccountReading reading)
    {
        if (Split.IsEmpty)
            reading.Findings.Add(new(
                FindingKind.JobWithoutSplit,
                $"open job {Id} does not say from which buckets it took {Taken}: held in bucket {Unassigned}", Taken));
        return new(Id, Terms(), Split.IsEmpty ? [new(Unassigned, Taken)] : Split);
    }

    /// <summary>Rows at so much each, where that comes to what it took; else it is one row.</summary>
    private JobTerms Terms()
    {
        var rows = Rows > 0 ? Rows : Taken.Micros / CreditAmount.MicrosPerCredit;
        return rows > 0 && Taken.Micros % rows == 0 ? new(rows, new(Taken.Micros / rows)) : new(1, Taken);
    }

    private static bool IsOpenIn(SourceRow row, string id, ImportOptions options)
    {
        var status = row["status"] ?? "";
        if (options.OpenStatuses.Contains(status, StringComparer.OrdinalIgnoreCase)) return true;
        if (options.EndedStatuses.Contains(status, StringComparer.OrdinalIgnoreCase)) return false;
        throw new UnreadableException(
            $"{row.NameOf("status")} of job {id} is {status}: open or ended? (--open-status, --ended-status)");
    }
}
