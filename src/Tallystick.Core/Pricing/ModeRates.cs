using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>What a mode costs. What its card does not say is standard, times the factor.</summary>
public sealed record ModeRates(UsageMode Mode, RateCard Card, ExactDecimal Factor);
