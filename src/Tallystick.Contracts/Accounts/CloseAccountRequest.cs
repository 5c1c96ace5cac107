namespace Tallystick.Contracts.Accounts;

/// <summary>Body of <c>POST /api/v1/accounts/{account_id}/close</c>.</summary>
public sealed record CloseAccountRequest
{
    /// <summary>Release open holds first; otherwise they refuse the closing with 409 <c>conflict</c>.</summary>
    public bool ReleaseHolds { get; init; }
}
