using System.Text.Json;

namespace Tallystick.Contracts.Batch;

/// <summary>Body of <c>POST /api/v1/batch</c>.</summary>
public sealed record BatchRequest
{
    /// <summary>
    /// 1 to 10,000 operations. Each has <c>op</c> (grant, charge, refund, hold, capture, release, extend, void), its
    /// <c>idempotency_key</c>, and the members of its own request; the id in that one's path becomes <c>account_id</c>,
    /// <c>charge_id</c>, <c>hold_id</c> or <c>grant_id</c>.
    /// </summary>
    public required IReadOnlyList<JsonElement> Operations { get; init; }
}
