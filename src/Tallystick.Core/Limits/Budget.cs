using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Limits;

/// <summary>A limit within an account, with what has been spent of it in the period that was counted last.</summary>
public sealed record Budget
{
    /// <summary>All of an account's budgets are in its state, and looked at by each of its charges.</summary>
    public const int CountMax = 100;

    /// <summary>Of the entry that made it.</summary>
    public required ThingNumber Number { get; init; }

    /// <summary>Chosen by the caller.</summary>
    public required string Id { get; init; }
    public required BudgetTerms Terms { get; init; }

    /// <summary>Of the period that <see cref="Spent"/> is about; exclusive.</summary>
    public Instant PeriodEnd { get; init; }
    public CreditAmount Spent { get; init; }

    public CreditAmount SpentAt(Instant at) => at < PeriodEnd ? Spent : default;

    internal void Write(CborWriter writer)
    {
        writer.Array(5);
        writer.Int(Number.Value); writer.Text(Id); Terms.Write(writer); writer.Int(PeriodEnd.Micros);
        writer.Int(Spent.Micros);
    }

    internal static Budget Read(ref CborReader r)
    {
        if (r.Array() != 5) throw new JournalCorruptException("not a budget");
        return new()
        {
            Number = new(r.Int()), Id = r.Text(), Terms = BudgetTerms.Read(ref r), PeriodEnd = new(r.Int()),
            Spent = new(r.Int()),
        };
    }
}
