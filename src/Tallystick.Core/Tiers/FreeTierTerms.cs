using System.Collections.Immutable;
using Tallystick.Core.Pricing;

namespace Tallystick.Core.Tiers;

/// <summary>Usage that costs nothing, so much in each period.</summary>
/// <param name="Requests">How many requests; null for no bound.</param>
/// <param name="Tokens">How many tokens; null for no bound.</param>
/// <param name="Models">Names or patterns of the models that it is for; empty for all.</param>
public sealed record FreeTierTerms(long? Requests, long? Tokens, ImmutableArray<string> Models)
{
    /// <summary>Whole requests are free; false where it counts tokens alone.</summary>
    public bool CoversAll => Requests is not null || Tokens is null;

    public bool Includes(string? model) =>
        Models.IsEmpty || (model is not null && Models.Any(pattern => new ModelPattern(pattern).Matches(model)));

    public bool Equals(FreeTierTerms? other) =>
        other is not null && Requests == other.Requests && Tokens == other.Tokens && Models.SequenceEqual(other.Models);

    public override int GetHashCode() => HashCode.Combine(Requests, Tokens, Models.Length);
}
