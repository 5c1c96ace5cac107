namespace Tallystick.Core.Reports;

/// <summary>
/// What reports add up; none is ever negative, but a part of three of them may be: what a correction of a price takes
/// away from where its charge counts. The numbers are stored.
/// </summary>
public enum Figure
{
    /// <summary>Charges, captures and usage events.</summary>
    Events,

    /// <summary>Those of them that cost their account nothing.</summary>
    FreeEvents,
    InputTokens,
    OutputTokens,
    CacheReadTokens,
    CacheWriteTokens,
    ReasoningTokens,

    /// <summary>What providers were paid, in millionths of a credit.</summary>
    ProviderCost,

    /// <summary>What accounts were charged, before refunds.</summary>
    Charged,

    /// <summary>What was given back of charges.</summary>
    Refunded,

    /// <summary>Credits that became spendable: the balance rose by them.</summary>
    Granted,

    /// <summary>What refunds gave back to the balance.</summary>
    Returned,

    /// <summary>What charges and captures took from the balance, debt included.</summary>
    Consumed,

    /// <summary>What expired of the balance, less what rolled over.</summary>
    Expired,

    /// <summary>What was voided of the balance or clawed back.</summary>
    Voided,
}
