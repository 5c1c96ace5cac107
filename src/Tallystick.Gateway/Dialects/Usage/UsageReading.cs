using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>What a response said of its usage.</summary>
/// <param name="Parts">One for each model that took part; empty when the response said nothing that can be
/// used.</param>
/// <param name="Raw">The provider's own object: of several, the last value of each member.</param>
internal sealed record UsageReading(ImmutableArray<ProviderUsage> Parts, JsonObject? Raw, UsageDoubts Doubts)
{
    public static readonly UsageReading Nothing = new([], null, UsageDoubts.Missing);
}
