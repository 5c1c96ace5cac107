using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>What a response said of its usage.</summary>
/// <param name="Parts">
/// One for each prompt that was answered on the way, by whichever model; empty when the response said nothing of use.
/// </param>
/// <param name="Raw">The provider's own object: of several, the last value of each member.</param>
internal sealed record UsageReading(ImmutableArray<MeteredUsage> Parts, JsonObject? Raw, UsageDoubts Doubts)
{
    public static readonly UsageReading Nothing = new([], null, UsageDoubts.Missing);
}
