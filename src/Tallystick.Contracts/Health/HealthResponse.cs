namespace Tallystick.Contracts.Health;

/// <summary>The process answers, and, where it says <c>ready</c>, its store takes writes.</summary>
public sealed record HealthResponse
{
    /// <summary><c>live</c> or <c>ready</c>.</summary>
    public required string Status { get; init; }
    public required string Version { get; init; }

    /// <summary>What the store is and how it makes things durable.</summary>
    public string? Store { get; init; }
}
