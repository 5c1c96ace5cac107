using System.Collections.Immutable;
using Tallystick.Core.Imports;

namespace Tallystick.Core.Journal;

/// <summary>Bodies about what came from another system.</summary>
internal static partial class BodyCodec
{
    private static void WriteHistory(CborWriter writer, EntryBody.HistoryImported b)
    {
        Begin(writer, b, 8);
        writer.Text(b.Table); writer.Text(b.RowId); writer.Int(b.OccurredAt.Micros); Write(writer, b.Type);
        Write(writer, b.Amount);
        if (b.Left is { } left) Write(writer, left); else writer.Null();
        BucketPartCodec.Write(writer, b.Split);
        Write(writer, b.ReferenceId);
    }

    private static EntryBody.HistoryImported ReadHistory(ref CborReader r) => new()
    {
        Table = r.Text(), RowId = r.Text(), OccurredAt = Time(ref r), Type = TextOrNull(ref r), Amount = Amount(ref r),
        Left = r.TryNull() ? null : Amount(ref r), Split = BucketPartCodec.Read(ref r),
        ReferenceId = TextOrNull(ref r),
    };

    private static void WriteBalance(CborWriter writer, EntryBody.BalanceImported b)
    {
        Begin(writer, b, 8);
        writer.Text(b.Layout); Write(writer, b.Stated); writer.Int(b.Rows); Write(writer, b.Sum);
        writer.Array(b.Buckets.Length * 4);
        foreach (var bucket in b.Buckets)
        {
            writer.Text(bucket.Bucket); Write(writer, bucket.Remaining); writer.Int(bucket.Priority);
            Write(writer, bucket.ExpiresAt);
        }
        Write(writer, b.Owed);
        writer.Array(b.Jobs.Length * 3);
        foreach (var job in b.Jobs)
        {
            writer.Text(job.ReferenceId); Write(writer, job.Terms); BucketPartCodec.Write(writer, job.Taken);
        }
        Write(writer, b.HoldsExpireAt);
    }

    private static EntryBody.BalanceImported ReadBalance(ref CborReader r) => new()
    {
        Layout = r.Text(), Stated = Amount(ref r), Rows = r.Int(), Sum = Amount(ref r), Buckets = Buckets(ref r),
        Owed = Amount(ref r), Jobs = Jobs(ref r), HoldsExpireAt = TimeOrNull(ref r),
    };

    private static ImmutableArray<OpeningBucket> Buckets(ref CborReader r)
    {
        var buckets = ImmutableArray.CreateBuilder<OpeningBucket>();
        for (var left = r.Array(); left > 0; left -= 4)
            buckets.Add(new(r.Text(), Amount(ref r), checked((int)r.Int()), TimeOrNull(ref r)));
        return buckets.ToImmutable();
    }

    private static ImmutableArray<OpenJob> Jobs(ref CborReader r)
    {
        var jobs = ImmutableArray.CreateBuilder<OpenJob>();
        for (var left = r.Array(); left > 0; left -= 3)
            jobs.Add(new(
                r.Text(), Terms(ref r) ?? throw new JournalCorruptException("a job without terms"),
                BucketPartCodec.Read(ref r)));
        return jobs.ToImmutable();
    }
}
