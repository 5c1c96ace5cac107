using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>Rates at some hours of the day, before all others.</summary>
public sealed record PriceWindowBody
{
    /// <summary>UTC, the end exclusive, also over midnight: <c>["16:30-00:30"]</c>.</summary>
    public required IReadOnlyList<string> HoursUtc { get; init; }

    /// <summary>1 = Monday; absent: every day.</summary>
    public IReadOnlyList<int>? Weekdays { get; init; }
    public required IReadOnlyDictionary<string, ExactNumber> Rates { get; init; }
}
