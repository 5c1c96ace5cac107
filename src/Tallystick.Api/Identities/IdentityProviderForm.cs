using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Identities;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Engine.Network;

namespace Tallystick.Api.Identities;

/// <summary>
/// What an identity provider may say, with everything left out filled in: what is stored is what holds, also after a
/// later version knows other defaults.
/// </summary>
internal static partial class IdentityProviderForm
{
    private const int UrlMax = 500, ListMax = 32, WordMax = 256, SkewDefault = 60, SkewMax = 300;

    public static IdentityTerms Read(IdentityProviderRequest request, AddressRules addresses) => new(
        Issuer(request, addresses), Word(request.SubjectClaim ?? IdentityTerms.SubjectDefault, "subject_claim"))
    {
        JwksUri = request.JwksUri is { } uri ? Url(uri, "jwks_uri", addresses) : null,
        Audiences = Words(request.Audiences, "audiences"),
        Algorithms = Algorithms(request.Algorithms ?? Signatures.Default),
        RequiredClaims = Claims(request.RequiredClaims ?? new Dictionary<string, string>()),
        AccountPrefix = request.AccountPrefix is not { } prefix || Prefix().IsMatch(prefix)
            ? request.AccountPrefix
            : throw RequestException.Invalid(
                "account_prefix", "1-32 of A-Z a-z 0-9 _ . -, beginning with a letter or digit"),
        Tier = Fields.Name(request.Tier, "tier"),
        ClockSkew = (request.ClockSkew ?? SkewDefault) is >= 0 and <= SkewMax
            ? request.ClockSkew ?? SkewDefault
            : throw RequestException.Invalid("clock_skew", $"0 to {SkewMax} seconds"),
    };

    public static IdentityProviderResponse Write(ChainKey project, IdentityProvider provider) => new()
    {
        Id = ThingId.Format(ThingId.IdentityProvider, project, provider.Number),
        Name = provider.Name,
        Issuer = provider.Terms.Issuer,
        JwksUri = provider.Terms.JwksUri,
        Audiences = provider.Terms.Audiences,
        Algorithms = provider.Terms.Algorithms,
        SubjectClaim = provider.Terms.SubjectClaim,
        RequiredClaims = provider.Terms.RequiredClaims.ToDictionary(claim => claim.Name, claim => claim.Value),
        AccountPrefix = provider.Terms.AccountPrefix,
        Tier = provider.Terms.Tier,
        ClockSkew = provider.Terms.ClockSkew,
        ChangedAt = provider.ChangedAt.ToTimestamp(),
    };

    /// <summary>Any text is an issuer's name; one whose keys have to be discovered is an address.</summary>
    private static string Issuer(IdentityProviderRequest request, AddressRules addresses) =>
        request.JwksUri is null ? Url(request.Issuer, "issuer", addresses) : Word(request.Issuer, "issuer");

    private static string Url(string text, string field, AddressRules addresses)
    {
        var isUrl = text.Length <= UrlMax && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && addresses.AllowsPrivate))
            && url is { UserInfo: "", Fragment: "", Host.Length: > 0 };
        return isUrl ? text : throw RequestException.Invalid(field, "an https address without user or fragment");
    }

    private static ImmutableArray<string> Algorithms(IReadOnlyList<string> names)
    {
        var known = Signatures.Algorithms.ToList();
        if (names.Count == 0 || names.Any(name => !known.Contains(name)))
            throw RequestException.Invalid("algorithms", $"at least one of {string.Join(", ", known)}");
        return [.. names.Distinct().Order(StringComparer.Ordinal)];
    }

    private static ImmutableArray<RequiredClaim> Claims(IReadOnlyDictionary<string, string> claims)
    {
        if (claims.Count > ListMax) throw RequestException.Invalid("required_claims", $"at most {ListMax}");
        return
        [
            .. claims.OrderBy(claim => claim.Key, StringComparer.Ordinal).Select(claim =>
                new RequiredClaim(Word(claim.Key, "required_claims"), Word(claim.Value, "required_claims"))),
        ];
    }

    private static ImmutableArray<string> Words(IReadOnlyList<string> words, string field) =>
        words.Count is >= 1 and <= ListMax
            ? [.. words.Select(word => Word(word, field)).Distinct().Order(StringComparer.Ordinal)]
            : throw RequestException.Invalid(field, $"1 to {ListMax}");

    private static string Word(string word, string field) =>
        word.Length is >= 1 and <= WordMax ? FreeText.Check(word, field, WordMax)!
            : throw RequestException.Invalid(field, $"1 to {WordMax} characters");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
