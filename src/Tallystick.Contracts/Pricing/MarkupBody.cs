using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>What is added to the provider's cost.</summary>
public sealed record MarkupBody
{
    /// <summary>20 adds a fifth; default 0.</summary>
    public ExactNumber? Percent { get; init; }

    /// <summary>Dollars for each request that used anything; default 0.</summary>
    public ExactNumber? Fixed { get; init; }
}
