using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Projects;

/// <summary>A project: accounts, keys, prices and tiers of its own.</summary>
public sealed record ProjectResponse
{
    public required string Name { get; init; }

    /// <summary>live or test.</summary>
    public required string Mode { get; init; }

    /// <summary>active or archived.</summary>
    public required string Status { get; init; }
    public required Timestamp CreatedAt { get; init; }
    public Timestamp? ArchivedAt { get; init; }

    /// <summary>The admin key that the answer is about: when the project was created, or its keys rotated.</summary>
    public string? KeyId { get; init; }

    /// <summary>That key's secret: in the first answer only, null in every other.</summary>
    public string? Key { get; init; }
}
