namespace Tallystick.Gateway;

/// <summary>How a server runs its gateway.</summary>
public sealed record GatewayOptions
{
    /// <summary>
    /// Where calls in flight are noted, so that a restart settles what a killed process could not; null: nowhere, and
    /// what was held is given back when it expires.
    /// </summary>
    public string? SpoolPath { get; init; }

    /// <summary>
    /// Upstreams may be on this host and in its network, such as a model that is run next to the ledger.
    /// </summary>
    public bool AllowsPrivateUpstreams { get; init; }
}
