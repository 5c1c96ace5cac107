using Tallystick.Core.Money;

namespace Tallystick.Core.Accounts;

/// <summary>Whether a charge or hold would pass, and what would.</summary>
/// <param name="Refusal">What it would be refused with; null where it would pass.</param>
/// <param name="Asked">With its price, where it can be priced.</param>
/// <param name="Affordable">The most that would pass: the least of balance, cap and budgets.</param>
/// <param name="LimitLeft">What the tightest of cap and budgets leaves; the greatest amount without any.</param>
public sealed record AdmissionCheck(
    Rejection? Refusal, Demand Asked, CreditAmount Affordable, CreditAmount LimitLeft)
{
    /// <summary>For a usage: the most output tokens beside the rest of it; null where they have no end.</summary>
    public long? AffordableMaxTokens { get; init; }
}
