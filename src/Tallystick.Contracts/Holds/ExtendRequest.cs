using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Holds;

/// <summary>Body of <c>POST /api/v1/holds/{id}/extend</c>.</summary>
public sealed record ExtendRequest
{
    public required Timestamp ExpiresAt { get; init; }
}
