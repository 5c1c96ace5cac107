using System.Collections.Immutable;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Rerating;

/// <summary>Which charges are priced again: by the instant whose prices stand for them.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Models">As the usages name them; empty: all.</param>
/// <param name="IsDry">Only tells what would change.</param>
public sealed record RerateQuery(Instant From, Instant To, ImmutableHashSet<string> Models, bool IsDry)
{
    public bool Asks(PricedUsage priced) =>
        Covers(priced.At) && (Models.IsEmpty || (priced.Usage.Model is { } model && Models.Contains(model)));

    public bool Covers(Instant at) => at >= From && at < To;
}
