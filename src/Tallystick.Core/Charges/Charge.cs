using System.Collections.Immutable;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Reports;

namespace Tallystick.Core.Charges;

/// <summary>
/// A charge, capture or charged usage event as a refund sees it: its split, and how much of it has gone back.
/// </summary>
public sealed record Charge : ChainRecord
{
    public override RecordKind Kind => RecordKind.Charge;
    public required CreditAmount Amount { get; init; }

    /// <summary>In the order burned; the debt leg (no grant), if any, last.</summary>
    public required ImmutableArray<Leg> Legs { get; init; }
    public CreditAmount Refunded { get; init; }

    /// <summary>The budgets that it counted in.</summary>
    public ImmutableArray<Count> Counts { get; init; } = [];

    /// <summary>True for a charge of another system's history: it has no legs of its own.</summary>
    public bool IsImported { get; init; }

    /// <summary>What an imported charge took, by bucket, in the order burned; empty: its row does not say.</summary>
    public ImmutableArray<BucketPart> Split { get; init; } = [];

    /// <summary>What it was for: a refund counts there, too.</summary>
    public Subject Subject { get; init; } = Subject.None;
    public CreditAmount Refundable => Amount - Refunded;

    /// <summary>The charge that an entry made, before any refund; null if the entry is none.</summary>
    public static Charge? From(JournalEntry entry)
    {
        CreditAmount? amount = entry.Body switch
        {
            EntryBody.Charged charged => charged.Amount,
            EntryBody.Captured captured => captured.Amount,
            EntryBody.UsageRecorded { IsCharged: true } usage => usage.Amount,
            EntryBody.HistoryImported { IsCharge: true } row => -row.Amount,
            _ => null,
        };
        if (amount is null) return null;
        var legs = ImmutableArray.CreateBuilder<Leg>();
        foreach (var move in entry.Moves)
            if (move.Kind is MoveKind.Spend or MoveKind.SpendHeld or MoveKind.Owe)
                legs.Add(new(move.Number, move.Amount));
        return new()
        {
            Number = entry.Number, Amount = amount.Value, Legs = legs.ToImmutable(), Counts = entry.Counts,
            Subject = Subject.Of(entry), IsImported = entry.Body is EntryBody.HistoryImported,
            Split = (entry.Body as EntryBody.HistoryImported)?.Split ?? [],
        };
    }

    public override void Write(CborWriter writer)
    {
        writer.Array(IsImported ? 7 : 6);
        writer.Int(Number.Value); writer.Int(Amount.Micros); LegCodec.Write(writer, Legs); writer.Int(Refunded.Micros);
        CountCodec.Write(writer, Counts);
        Subject.Write(writer);
        if (IsImported) BucketPartCodec.Write(writer, Split);
    }

    public static Charge Read(ref CborReader r)
    {
        var members = r.Array();
        if (members is not (6 or 7)) throw new JournalCorruptException("not a charge");
        return new()
        {
            Number = new(r.Int()), Amount = new(r.Int()), Legs = LegCodec.Read(ref r), Refunded = new(r.Int()),
            Counts = CountCodec.Read(ref r), Subject = Subject.Read(ref r),
            IsImported = members == 7, Split = members == 7 ? BucketPartCodec.Read(ref r) : [],
        };
    }
}
