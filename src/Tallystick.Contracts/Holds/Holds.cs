using System.Text.Json;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Holds;

/// <summary>Body of <c>POST /api/v1/holds</c>.</summary>
public sealed record HoldRequest
{
    public required string AccountId { get; init; }

    /// <summary>Greater than 0.</summary>
    public required Amount Amount { get; init; }

    /// <summary>Seconds; default 900. Not together with <see cref="ExpiresAt"/>.</summary>
    public long? ExpiresIn { get; init; }
    public Timestamp? ExpiresAt { get; init; }
    public string? Description { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}

/// <summary>A hold. It answers for life.</summary>
public sealed record HoldResponse
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary><c>held</c>, <c>captured</c>, <c>released</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }
    public required Amount Amount { get; init; }
    public required Amount Captured { get; init; }
    public required Amount Released { get; init; }

    /// <summary>What was set aside where (on its placing), or still is (later).</summary>
    public required IReadOnlyList<BreakdownLeg> Breakdown { get; init; }
    public required Timestamp ExpiresAt { get; init; }
    public required Amount AvailableAfter { get; init; }
    public string? ReferenceId { get; init; }
    public required Timestamp CreatedAt { get; init; }
}

/// <summary>Body of <c>POST /api/v1/holds/{id}/capture</c>.</summary>
public sealed record CaptureRequest
{
    /// <summary>What was really used; 0 is allowed, more than held follows the mode.</summary>
    public required Amount Amount { get; init; }

    /// <summary>Ends the hold and releases the rest; default true.</summary>
    public bool? Final { get; init; }

    /// <summary><c>overflow</c> (default), <c>cap</c> or <c>reject</c>.</summary>
    public string? Mode { get; init; }
    public string? Description { get; init; }
    public JsonElement? Metadata { get; init; }
}

/// <summary>A capture: a charge of its own, refundable by its id.</summary>
public sealed record CaptureResponse : MovementResponse
{
    public required string HoldId { get; init; }
    public required bool Final { get; init; }

    /// <summary>The hold had already expired.</summary>
    public required bool Late { get; init; }

    /// <summary>In mode <c>cap</c>: what was used and nobody owes.</summary>
    public required Amount Shortfall { get; init; }

    /// <summary>What went back with this capture.</summary>
    public required Amount Released { get; init; }
}

/// <summary>Body of <c>POST /api/v1/holds/{id}/extend</c>.</summary>
public sealed record ExtendRequest
{
    public required Timestamp ExpiresAt { get; init; }
}
