namespace Tallystick.Core.Usage;

/// <summary>How the provider served the request; some have other rates for it.</summary>
public enum UsageMode { Standard = 1, Batch, Flex, Priority }
