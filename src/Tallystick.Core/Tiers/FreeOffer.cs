using Tallystick.Core.Money;

namespace Tallystick.Core.Tiers;

/// <summary>So much is to be held where the free tier has room for the rest.</summary>
public sealed record FreeOffer(CreditAmount Amount, FreeReserve Reserve);
