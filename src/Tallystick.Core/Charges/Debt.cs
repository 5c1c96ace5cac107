using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Charges;

/// <summary>What one charge, capture or claw-back left unpaid, and which grants have paid it since.</summary>
public sealed record Debt : ChainRecord
{
    public override RecordKind Kind => RecordKind.Debt;
    public required CreditAmount Owed { get; init; }

    /// <summary>Grants that repaid it, oldest first, less what a refund gave back to them.</summary>
    public required ImmutableArray<Leg> Repayments { get; init; }

    /// <summary>Where a debt is among others that are sorted by age; negative if it is not.</summary>
    public static int IndexIn(ImmutableList<Debt> debts, ThingNumber number)
    {
        var (low, high) = (0, debts.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = debts[middle].Number.CompareTo(number);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }

    public Debt Repay(Leg payment) => this with { Owed = Owed - payment.Amount, Repayments = Repayments.Add(payment) };

    /// <summary>Takes back from the last repayments first.</summary>
    public Debt Unrepay(CreditAmount amount)
    {
        var repayments = Repayments;
        for (var left = amount; left.IsPositive;)
        {
            var last = repayments[^1];
            var part = CreditAmount.Min(left, last.Amount);
            repayments = repayments.RemoveAt(repayments.Length - 1);
            if (part < last.Amount) repayments = repayments.Add(last with { Amount = last.Amount - part });
            left -= part;
        }
        return this with { Repayments = repayments };
    }

    public override void Write(CborWriter writer)
    {
        writer.Array(3);
        writer.Int(Number.Value); writer.Int(Owed.Micros); LegCodec.Write(writer, Repayments);
    }

    public static Debt Read(ref CborReader r)
    {
        if (r.Array() != 3) throw new JournalCorruptException("not a debt");
        return new() { Number = new(r.Int()), Owed = new(r.Int()), Repayments = LegCodec.Read(ref r) };
    }
}
