namespace Tallystick.Contracts.Watches;

/// <summary>
/// Body of <c>PUT /api/v1/watches/{name}</c>: log every step of what an account or a key does; of the whole project
/// where neither is named.
/// </summary>
public sealed record WatchRequest
{
    public string? AccountId { get; init; }
    public string? KeyId { get; init; }

    /// <summary>Seconds, 1 to 86,400; default 900.</summary>
    public int? ExpiresIn { get; init; }
}
