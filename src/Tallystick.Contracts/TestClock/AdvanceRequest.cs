using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.TestClock;

/// <summary>Body of <c>POST /api/v1/test-clock/advance</c>.</summary>
public sealed record AdvanceRequest
{
    /// <summary>Not earlier than the clock's present time.</summary>
    public required Timestamp To { get; init; }
}
