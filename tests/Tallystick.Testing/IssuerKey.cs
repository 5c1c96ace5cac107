using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Tallystick.Testing;

/// <summary>A key of an issuer of tokens. It signs whatever it is told to, sound or not.</summary>
public sealed class IssuerKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;

    private IssuerKey(string id, RSA? rsa, ECDsa? ec) => (Id, _rsa, _ec) = (id, rsa, ec);

    public string Id { get; }

    /// <summary>The public key as a PEM, which some servers have taken for the secret of an HMAC.</summary>
    public string Pem => _rsa!.ExportSubjectPublicKeyInfoPem();

    public static IssuerKey Rsa(string id, int bits = 2_048) => new(id, RSA.Create(bits), null);

    public static IssuerKey Ec(string id, ECCurve? curve = null) =>
        new(id, null, ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256));

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
    public static string Encode(JsonNode json) => Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>As the issuer publishes it.</summary>
    public JsonObject ToJson()
    {
        if (_rsa?.ExportParameters(false) is { } rsa)
            return new()
            {
                ["kty"] = "RSA", ["use"] = "sig", ["kid"] = Id, ["n"] = Encode(rsa.Modulus),
                ["e"] = Encode(rsa.Exponent),
            };
        var point = _ec!.ExportParameters(false);
        return new()
        {
            ["kty"] = "EC", ["use"] = "sig", ["kid"] = Id, ["crv"] = $"P-{_ec.KeySize}",
            ["x"] = Encode(point.Q.X), ["y"] = Encode(point.Q.Y),
        };
    }

    public byte[] Sign(string algorithm, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var hash = new HashAlgorithmName($"SHA{algorithm[2..]}");
        return algorithm[..2] switch
        {
            "RS" => _rsa!.SignData(bytes, hash, RSASignaturePadding.Pkcs1),
            "PS" => _rsa!.SignData(bytes, hash, RSASignaturePadding.Pss),
            _ => _ec!.SignData(bytes, hash),
        };
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }
}
