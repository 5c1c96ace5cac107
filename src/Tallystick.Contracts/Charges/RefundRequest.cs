using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Charges;

/// <summary>Body of <c>POST /api/v1/charges/{id}/refund</c>.</summary>
public sealed record RefundRequest
{
    /// <summary>Default: all that is left.</summary>
    public Amount? Amount { get; init; }
    public string? Reason { get; init; }
    public string? ReferenceId { get; init; }
    public JsonElement? Metadata { get; init; }
}
