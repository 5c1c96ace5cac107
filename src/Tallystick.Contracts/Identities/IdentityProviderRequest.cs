namespace Tallystick.Contracts.Identities;

/// <summary>
/// Body of <c>PUT /api/v1/identity-providers/{name}</c>: the whole of it; what is left out has its default.
/// </summary>
public sealed record IdentityProviderRequest
{
    /// <summary>What the tokens' claim <c>iss</c> says, to the letter: <c>https://login.example.com/</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>
    /// Where the issuer's public keys are; default: where its <c>/.well-known/openid-configuration</c> says.
    /// </summary>
    public string? JwksUri { get; init; }

    /// <summary>A token must be meant (<c>aud</c>) for one of them.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>
    /// By which tokens may be signed: of <c>RS256</c> to <c>RS512</c>, <c>PS256</c> to <c>PS512</c> and <c>ES256</c> to
    /// <c>ES512</c>. Default <c>RS256</c>, <c>PS256</c>, <c>ES256</c>.
    /// </summary>
    public IReadOnlyList<string>? Algorithms { get; init; }

    /// <summary>The claim that names who it is; default <c>sub</c>.</summary>
    public string? SubjectClaim { get; init; }

    /// <summary>Claims that a token must carry, each with exactly this value.</summary>
    public IReadOnlyDictionary<string, string>? RequiredClaims { get; init; }

    /// <summary>
    /// Comes before the subject in the account's id, set off by <c>::</c>. Default none: the subject is the id.
    /// </summary>
    public string? AccountPrefix { get; init; }

    /// <summary>The tier of accounts that are made for tokens; default: the project's <c>default_tier</c>.</summary>
    public string? Tier { get; init; }

    /// <summary>Seconds that the issuer's clock may be off: 0 to 300, default 60.</summary>
    public int? ClockSkew { get; init; }
}
