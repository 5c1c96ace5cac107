using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;

namespace Tallystick.Core.Limits;

/// <summary>How much may be spent, of what, and how often anew.</summary>
/// <param name="Period">Null: once and for all.</param>
public sealed record BudgetTerms(BudgetScope Scope, CreditAmount Limit, PeriodRule? Period)
{
    internal void Write(CborWriter writer)
    {
        writer.Array(4);
        writer.Int((int)Scope.Kind); writer.Text(Scope.Value); writer.Int(Limit.Micros);
        writer.Int((int)(Period ?? 0));
    }

    internal static BudgetTerms Read(ref CborReader r)
    {
        if (r.Array() != 4) throw new JournalCorruptException("not a budget's terms");
        var scope = new BudgetScope((BudgetScopeKind)r.Int(), r.Text());
        var (limit, period) = (new CreditAmount(r.Int()), (PeriodRule)r.Int());
        return new(scope, limit, period == 0 ? null : period);
    }
}
