using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>Providers' words for how they serve a call.</summary>
internal static class ServiceTiers
{
    /// <summary>
    /// How a call was served. Google writes it large or small. <c>fast</c>, which no price has a mode for, is priced as
    /// what comes nearest.
    /// </summary>
    public static UsageMode ToMode(string? tier) => tier?.ToLowerInvariant() switch
    {
        "priority" or "fast" => UsageMode.Priority,
        "flex" => UsageMode.Flex,
        "batch" => UsageMode.Batch,
        _ => UsageMode.Standard,
    };

    /// <summary>How a call that asks for a tier may be served: <c>auto</c> leaves it to the provider.</summary>
    public static UsageMode[] Reachable(string? asked) => asked?.ToLowerInvariant() switch
    {
        "priority" or "fast" => [UsageMode.Priority, UsageMode.Standard],
        "flex" => [UsageMode.Flex, UsageMode.Standard],
        null or "default" or "standard" or "standard_only" => [UsageMode.Standard],
        _ => [UsageMode.Standard, UsageMode.Priority],
    };
}
