using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Credits;

/// <summary>What a usage cost, and what of it the provider was paid.</summary>
public sealed record CreditCost(Amount ProviderCost, Amount PlatformMarkup, Amount TotalCost);
