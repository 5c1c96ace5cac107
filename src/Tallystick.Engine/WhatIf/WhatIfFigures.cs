using Tallystick.Core.Money;

namespace Tallystick.Engine.WhatIf;

/// <summary>What usage has brought in fact, and would have brought. Amounts add up without a bound.</summary>
public sealed class WhatIfFigures
{
    /// <summary>Charges, captures and charged events that a usage was told of.</summary>
    public long Events { get; private set; }

    /// <summary>In fact, in millionths: what was charged, what of that refunded, what providers were paid.</summary>
    public Int128 ChargedInFact { get; private set; }
    public Int128 RefundedInFact { get; private set; }
    public Int128 ProviderInFact { get; private set; }

    /// <summary>The same under the other terms.</summary>
    public Int128 Charged { get; private set; }
    public Int128 Refunded { get; private set; }
    public Int128 Provider { get; private set; }

    /// <summary>Events that would have been refused, and what they would have cost.</summary>
    public long RefusedEvents { get; private set; }
    public Int128 RefusedAmount { get; private set; }

    /// <summary>Events that nothing would have priced: they count nowhere else.</summary>
    public long UnpricedEvents { get; private set; }

    public Int128 RevenueInFact => ChargedInFact - RefundedInFact;
    public Int128 MarginInFact => RevenueInFact - ProviderInFact;
    public Int128 Revenue => Charged - Refunded;
    public Int128 Margin => Revenue - Provider;

    internal void AddInFact(CreditAmount charged, CreditAmount provider)
    {
        Events++;
        ChargedInFact += charged.Micros;
        ProviderInFact += provider.Micros;
    }

    internal void Add(CreditAmount charged, CreditAmount provider)
    {
        Charged += charged.Micros;
        Provider += provider.Micros;
    }

    internal void AddRefund(CreditAmount inFact, CreditAmount now)
    {
        RefundedInFact += inFact.Micros;
        Refunded += now.Micros;
    }

    /// <summary>A correction of a price, in fact.</summary>
    internal void Correct(long charged, long provider)
    {
        ChargedInFact += charged;
        ProviderInFact += provider;
    }

    internal void Refuse(CreditAmount amount)
    {
        RefusedEvents++;
        RefusedAmount += amount.Micros;
    }

    internal void NoPrice() => UnpricedEvents++;
}
