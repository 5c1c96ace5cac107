using System.Collections.Frozen;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Identity.Tokens;

/// <summary>Which algorithms may sign a token, and whether one has been.</summary>
public static class Signatures
{
    private const int RsaBitsMin = 2_048, RsaBitsMax = 8_192;
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>
    /// Only such as nobody can sign by who knows what verifies: no <c>none</c>, and no HMAC. To each its kind of key.
    /// </summary>
    private static readonly FrozenDictionary<string, (string Kind, string? Curve)> Known =
        new Dictionary<string, (string, string?)>
        {
            ["RS256"] = ("RSA", null), ["RS384"] = ("RSA", null), ["RS512"] = ("RSA", null),
            ["PS256"] = ("RSA", null), ["PS384"] = ("RSA", null), ["PS512"] = ("RSA", null),
            ["ES256"] = ("EC", "P-256"), ["ES384"] = ("EC", "P-384"), ["ES512"] = ("EC", "P-521"),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyList<string> Default { get; } = ["RS256", "PS256", "ES256"];

    public static IEnumerable<string> Algorithms => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>A key that an algorithm may use: of its kind, its curve, and no other algorithm's.</summary>
    internal static bool Fits(JsonWebKey key, string algorithm) =>
        Known.TryGetValue(algorithm, out var needs) && key.Kty == needs.Kind && (key.Alg ?? algorithm) == algorithm
        && (needs.Curve is null ? key.KeySize is >= RsaBitsMin and <= RsaBitsMax : key.Crv == needs.Curve);

    /// <summary>Signed by the key, by the issuer, for one of the audiences. Times are not looked at here.</summary>
    internal static async Task<bool> VerifyAsync(TokenText token, JsonWebKey key, IdentityTerms terms)
    {
        var result = await Handler.ValidateTokenAsync(token.Text, new TokenValidationParameters
        {
            ValidAlgorithms = [token.Algorithm],
            IssuerSigningKey = key,
            ValidIssuer = terms.Issuer,
            ValidAudiences = terms.Audiences,
            // By the ledger's own clock, which may be a test's: see TokenChecks.
            ValidateLifetime = false,
        });
        return result.IsValid;
    }
}
