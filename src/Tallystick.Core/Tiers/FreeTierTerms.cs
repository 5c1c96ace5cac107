using System.Collections.Immutable;

namespace Tallystick.Core.Tiers;

/// <summary>Usage that costs nothing, per period.</summary>
/// <param name="Requests">How many requests; null for no bound.</param>
/// <param name="Tokens">How many tokens; null for no bound.</param>
/// <param name="Models">Models that it is for; empty for all.</param>
public sealed record FreeTierTerms(long? Requests, long? Tokens, ImmutableArray<string> Models)
{
    public bool Equals(FreeTierTerms? other) =>
        other is not null && Requests == other.Requests && Tokens == other.Tokens && Models.SequenceEqual(other.Models);

    public override int GetHashCode() => HashCode.Combine(Requests, Tokens, Models.Length);
}
