using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// What an entry keeps of a usage that was priced: all of it, by which version, as of when, line by line. So the answer
/// can be given again after any change of prices.
/// </summary>
/// <param name="At">The instant whose prices stand.</param>
public sealed record PricedUsage(MeteredUsage Usage, Instant At, Cost Cost);
