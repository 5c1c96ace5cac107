using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Engine.Rerating;

/// <summary>What pricing an account's charges again came to, or would come to.</summary>
public sealed class AccountCorrections
{
    private readonly List<(ThingNumber Charge, Rejection Rejection)> _refused = [];

    /// <summary>Charges of the period that were priced from a usage.</summary>
    public long Examined { get; internal set; }

    /// <summary>Charges of the period that were given as an amount: no price can correct them.</summary>
    public long ByAmount { get; internal set; }
    public long Corrected { get; private set; }

    /// <summary>Those of another price of which refunds had given back all.</summary>
    public long AllRefunded { get; internal set; }

    /// <summary>What was charged further.</summary>
    public CreditAmount Charged { get; private set; }

    /// <summary>What was given back.</summary>
    public CreditAmount Returned { get; private set; }

    /// <summary>By how much the providers' part rose; negative where it fell.</summary>
    public CreditAmount ProviderChange { get; private set; }

    /// <summary>Charges that cannot be priced again, and why: they stay as they are.</summary>
    public IReadOnlyList<(ThingNumber Charge, Rejection Rejection)> Refused => _refused;
    public CreditAmount Moved => Charged + Returned;

    internal void Add(CreditAmount charged, CreditAmount returned, CreditAmount providerChange)
    {
        Corrected++;
        (Charged, Returned) = (Charged + charged, Returned + returned);
        ProviderChange += providerChange;
    }

    internal void Refuse(ThingNumber charge, Rejection rejection) => _refused.Add((charge, rejection));
}
