using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Watches;

/// <summary>What is watched on the node that answers, and until when.</summary>
public sealed record WatchResponse
{
    public required string Name { get; init; }
    public string? AccountId { get; init; }
    public string? KeyId { get; init; }
    public required Timestamp EndsAt { get; init; }
}
