using System.Collections.Immutable;
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
            Subject = Subject.Of(entry),
        };
    }

    public override void Write(CborWriter writer)
    {
        writer.Array(6);
        writer.Int(Number.Value); writer.Int(Amount.Micros); LegCodec.Write(writer, Legs); writer.Int(Refunded.Micros);
        CountCodec.Write(writer, Counts);
        Subject.Write(writer);
    }

    public static Charge Read(ref CborReader r)
    {
        if (r.Array() != 6) throw new JournalCorruptException("not a charge");
        return new()
        {
            Number = new(r.Int()), Amount = new(r.Int()), Legs = LegCodec.Read(ref r), Refunded = new(r.Int()),
            Counts = CountCodec.Read(ref r), Subject = Subject.Read(ref r),
        };
    }
}
