using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Identity.Tokens;

/// <summary>What a token must say beside being signed.</summary>
internal static class TokenChecks
{
    private const int SubjectMax = 512;
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>Of the issuer and for one of the audiences, by what it says of itself.</summary>
    public static bool IsMeant(TokenText token, IdentityTerms terms) =>
        token.Issuer == terms.Issuer && token.Words("aud") is { } audiences
        && audiences.Any(audience => terms.Audiences.Contains(audience));

    /// <summary>Begun, and not over, by a clock that may be off a little.</summary>
    public static bool IsDue(TokenText token, IdentityTerms terms, Instant now)
    {
        var seconds = (decimal)now.Micros / MicrosPerSecond;
        // A token's numbers may be the last that there are: nothing is added to them.
        if (!token.TrySeconds("exp", out var end) || seconds - terms.ClockSkew >= end) return false;
        return token.TrySeconds("nbf", out var start)
            ? seconds + terms.ClockSkew >= start
            : !token.HasClaim("nbf");
    }

    /// <summary>Who it is; null where that is not said as it must be.</summary>
    public static string? SubjectOf(TokenText token, IdentityTerms terms)
    {
        if (terms.RequiredClaims.Any(claim => !token.Has(claim.Name, claim.Value))) return null;
        // An address that nobody has verified is anybody's to claim.
        if (terms.SubjectClaim == "email" && !token.Has("email_verified", "true")) return null;
        return token.Words(terms.SubjectClaim) is [{ Length: > 0 and <= SubjectMax } subject] ? subject : null;
    }
}
