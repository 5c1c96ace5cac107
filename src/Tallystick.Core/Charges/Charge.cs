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
    private const int Members = 6, ImportedMembers = 1, PartMembers = 2;
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

    /// <summary>Of what a correction charged further: the charge that it corrects; else none.</summary>
    public ThingNumber Of { get; init; }

    /// <summary>Null where its price was never corrected.</summary>
    public Revision? Revision { get; init; }

    /// <summary>What of its own legs has not gone back.</summary>
    public CreditAmount Left => Amount - Refunded;

    /// <summary>What it comes to by the price that stands.</summary>
    public CreditAmount Standing => Revision?.Amount ?? Amount;

    /// <summary>What can still be given back, with what was charged further.</summary>
    public CreditAmount Refundable => Revision?.Refundable ?? Left;

    /// <summary>What refunds have given back.</summary>
    public CreditAmount RefundedInAll => Revision?.Refunded ?? Refunded;

    /// <summary>The charge that an entry made, before any refund; null if the entry is none.</summary>
    public static Charge? From(JournalEntry entry)
    {
        CreditAmount? amount = entry.Body switch
        {
            EntryBody.Charged charged => charged.Amount,
            EntryBody.Captured captured => captured.Amount,
            EntryBody.UsageRecorded { IsCharged: true } usage => usage.Amount,
            EntryBody.HistoryImported { IsCharge: true } row => -row.Amount,
            EntryBody.Corrected { IsFurther: true } further => further.After - further.Before,
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
            Of = entry.Body is EntryBody.Corrected correction ? correction.Charge : default,
        };
    }

    public override void Write(CborWriter writer)
    {
        writer.Array(
            Members + (IsImported ? ImportedMembers : 0) + (Of.IsNone ? 0 : PartMembers)
            + (Revision is null ? 0 : Revision.Members));
        writer.Int(Number.Value); writer.Int(Amount.Micros); LegCodec.Write(writer, Legs); writer.Int(Refunded.Micros);
        CountCodec.Write(writer, Counts);
        Subject.Write(writer);
        if (IsImported) BucketPartCodec.Write(writer, Split);
        if (!Of.IsNone) { writer.Int(Of.Sequence); writer.Int(Of.Ordinal); }
        Revision?.Write(writer);
    }

    /// <summary>Imported ones, parts and those with a revision exclude each other: the count tells.</summary>
    public static Charge Read(ref CborReader r)
    {
        var members = r.Array();
        if (members is not (Members or Members + ImportedMembers or Members + PartMembers
            or Members + Revision.Members)) throw new JournalCorruptException("not a charge");
        var charge = new Charge
        {
            Number = new(r.Int()), Amount = new(r.Int()), Legs = LegCodec.Read(ref r), Refunded = new(r.Int()),
            Counts = CountCodec.Read(ref r), Subject = Subject.Read(ref r),
        };
        return members switch
        {
            Members + ImportedMembers => charge with { IsImported = true, Split = BucketPartCodec.Read(ref r) },
            Members + PartMembers => charge with { Of = new(r.Int(), checked((int)r.Int())) },
            Members + Revision.Members => charge with { Revision = Revision.Read(ref r) },
            _ => charge,
        };
    }
}
