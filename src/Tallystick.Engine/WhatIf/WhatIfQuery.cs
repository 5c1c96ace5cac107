using System.Collections.Immutable;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Engine.WhatIf;

/// <summary>What to replay, and under which terms.</summary>
/// <param name="From">Of what was recorded, inclusive: until here everything is as it was.</param>
/// <param name="To">Exclusive.</param>
public sealed record WhatIfQuery(int Project, Instant From, Instant To)
{
    /// <summary>
    /// In the place of the book's for whatever they are for; the first version of each holds from the beginning.
    /// </summary>
    public ImmutableArray<Price> Prices { get; init; } = [];

    /// <summary>In force from <see cref="From"/> on, in the place of the project's of the same names.</summary>
    public ImmutableArray<(string Name, TierTerms Terms)> Tiers { get; init; } = [];
}
