using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Tallystick.Core.Journal;
using Tallystick.Engine.Network;

namespace Tallystick.Engine.Identity.Tokens;

/// <summary>
/// Fetches the public keys of issuers. Like the gateway it follows no redirect, keeps no cookie, uses no proxy of the
/// environment and connects only where <see cref="AddressRules"/> allow. Thread-safe.
/// </summary>
public sealed class IssuerClient : IDisposable
{
    private const int BytesMax = 256 << 10, KeysMax = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly AddressRules _addresses;
    private readonly HttpClient _http;

    public IssuerClient(AddressRules addresses)
    {
        _addresses = addresses;
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Patience,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ActivityHeadersPropagator = null,
            ConnectCallback = addresses.ConnectAsync,
        })
        {
            Timeout = Patience, MaxResponseContentBufferSize = BytesMax,
        };
    }

    /// <summary>The keys that an issuer signs with now.</summary>
    /// <exception cref="IssuerUnavailableException">They could not be had.</exception>
    internal async Task<ImmutableArray<JsonWebKey>> FetchKeysAsync(IdentityTerms terms)
    {
        try
        {
            var address = terms.JwksUri ?? await DiscoverAsync(terms.Issuer);
            using var document = await GetAsync(address);
            return [.. document.RootElement.GetProperty("keys").EnumerateArray().Take(KeysMax)
                .Select(PublicKey).OfType<JsonWebKey>()];
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException
            or InvalidOperationException or KeyNotFoundException or UriFormatException)
        {
            throw new IssuerUnavailableException($"The keys of {terms.Issuer} could not be fetched", fault);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> DiscoverAsync(string issuer)
    {
        using var document = await GetAsync(issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        // Otherwise whoever answers there could lend the issuer's name to keys of somebody else.
        if (document.RootElement.GetProperty("issuer").GetString() != issuer)
            throw new InvalidOperationException("the discovery document is of another issuer");
        return document.RootElement.GetProperty("jwks_uri").GetString()
            ?? throw new InvalidOperationException("the discovery document has no jwks_uri");
    }

    private async Task<JsonDocument> GetAsync(string address)
    {
        var uri = new Uri(address);
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && _addresses.AllowsPrivate))
            throw new InvalidOperationException("only https");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "tallystick");
        using var response = await _http.SendAsync(request);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"answered {(int)response.StatusCode}");
        return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>What there is to verify with, nothing secret; null for a key of another use or kind.</summary>
    private static JsonWebKey? PublicKey(JsonElement key)
    {
        if (Text(key, "use") is { } use && use != JsonWebKeyUseNames.Sig) return null;
        var known = new JsonWebKey
        {
            Kty = Text(key, "kty"), Kid = Text(key, "kid"), Alg = Text(key, "alg"), N = Text(key, "n"),
            E = Text(key, "e"), Crv = Text(key, "crv"), X = Text(key, "x"), Y = Text(key, "y"),
        };
        return known.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.RSA when known is { N: not null, E: not null } => known,
            JsonWebAlgorithmsKeyTypes.EllipticCurve when known is { Crv: not null, X: not null, Y: not null } => known,
            _ => null,
        };
    }

    private static string? Text(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
