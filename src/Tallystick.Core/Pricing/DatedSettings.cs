using Tallystick.Core.Time;

namespace Tallystick.Core.Pricing;

/// <summary>A project's pricing settings from an instant on, inclusive.</summary>
public sealed record DatedSettings(Instant From, PricingSettings Settings);
