using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Jobs;

/// <summary>Body of <c>POST /api/v1/jobs</c>: a hold of rows × credits_per_row.</summary>
public sealed record JobRequest
{
    public required string AccountId { get; init; }

    /// <summary>At least 1.</summary>
    public required long Rows { get; init; }

    /// <summary>Default 1.</summary>
    public Amount? CreditsPerRow { get; init; }

    /// <summary>Seconds; default 7 days.</summary>
    public long? ExpiresIn { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}
