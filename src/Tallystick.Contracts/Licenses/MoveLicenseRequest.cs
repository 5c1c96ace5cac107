namespace Tallystick.Contracts.Licenses;

/// <summary>Body of <c>POST /api/v1/licenses/{id}/move</c>.</summary>
public sealed record MoveLicenseRequest
{
    /// <summary>The account whose credits it spends from now on.</summary>
    public required string AccountId { get; init; }
}
