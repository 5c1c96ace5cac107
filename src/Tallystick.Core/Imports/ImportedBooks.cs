using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Imports;

/// <summary>What an account has of another system's books.</summary>
public sealed record ImportedBooks
{
    public static readonly ImportedBooks None = new();

    /// <summary>Rows of its history, and what they sum to.</summary>
    public long Rows { get; init; }
    public CreditAmount Sum { get; init; }

    /// <summary>The entry that took the balance over; 0 while none has.</summary>
    public long Opening { get; init; }

    /// <summary>By name, in ordinal order.</summary>
    public ImmutableArray<ImportedBucket> Buckets { get; init; } = [];
    public bool IsOpen => Opening > 0;
    public bool IsNone => Rows == 0 && !IsOpen;

    public ImportedBucket? Find(string name)
    {
        foreach (var bucket in Buckets)
            if (bucket.Name == name) return bucket;
        return null;
    }

    /// <summary>With one bucket more, or as it is now.</summary>
    public ImportedBooks With(ImportedBucket bucket) => this with
    {
        Buckets =
        [
            .. Buckets.Where(known => known.Name != bucket.Name).Append(bucket)
                .OrderBy(known => known.Name, StringComparer.Ordinal),
        ],
    };

    internal void Write(CborWriter writer)
    {
        writer.Array(3 + 3 * Buckets.Length);
        writer.Int(Rows); writer.Int(Sum.Micros); writer.Int(Opening);
        foreach (var bucket in Buckets)
        {
            writer.Text(bucket.Name); writer.Int(bucket.Charged.Micros); writer.Int(bucket.Grant.Value);
        }
    }

    internal static ImportedBooks Read(ref CborReader r)
    {
        var members = r.Array();
        if (members < 3 || members % 3 != 0) throw new JournalCorruptException("not imported books");
        var books = new ImportedBooks { Rows = r.Int(), Sum = new(r.Int()), Opening = r.Int() };
        var buckets = ImmutableArray.CreateBuilder<ImportedBucket>();
        for (var left = members - 3; left > 0; left -= 3) buckets.Add(new(r.Text(), new(r.Int()), new(r.Int())));
        return books with { Buckets = buckets.ToImmutable() };
    }
}
