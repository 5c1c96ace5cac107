namespace Tallystick.Contracts.Grants;

/// <summary>Body of <c>POST /api/v1/grants/{id}/void</c>.</summary>
public sealed record VoidRequest
{
    /// <summary>Also book what was used and not refunded as debt (a reversed payment).</summary>
    public bool ClawBackUsed { get; init; }
    public string? Reason { get; init; }
}
