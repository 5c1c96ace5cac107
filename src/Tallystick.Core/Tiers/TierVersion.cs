using Tallystick.Core.Time;

namespace Tallystick.Core.Tiers;

/// <summary>The terms of a tier from an instant on.</summary>
public sealed record TierVersion(string Name, Instant From, TierTerms Terms);
