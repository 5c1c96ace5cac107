using System.Collections.Immutable;

namespace Tallystick.Core.Pricing.Import;

/// <summary>What came of another project's table.</summary>
/// <param name="Left">What was not taken, and why: nothing is dropped in silence.</param>
public sealed record ImportedPrices(ImmutableArray<Price> Prices, ImmutableArray<LeftOut> Left);
