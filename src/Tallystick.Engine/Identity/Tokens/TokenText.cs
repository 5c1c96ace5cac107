using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Tallystick.Engine.Identity.Tokens;

/// <summary>
/// A signed token (JWS, compact) as it came, read strictly: nothing in it is believed until its signature is.
/// </summary>
internal sealed record TokenText(string Text, string Algorithm, string? KeyId, JsonElement Claims)
{
    /// <summary>A request's headers have less room than that in all.</summary>
    private const int LengthMax = 16 << 10;
    private const int KeyIdMax = 256;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public string? Issuer => Words("iss") is [var issuer] ? issuer : null;

    /// <summary>Null for anything else.</summary>
    public static TokenText? Parse(string text)
    {
        if (text.Length > LengthMax || !text.StartsWith("eyJ", StringComparison.Ordinal)) return null;
        var parts = text.Split('.');
        if (parts.Length != 3 || parts[2].Length == 0 || !Base64Url.IsValid(parts[2])) return null;
        if (Object(parts[0]) is not { } head || Object(parts[1]) is not { } claims) return null;
        // What must be understood to be taken (crit), and a token inside a token (cty), are not understood.
        if (head.TryGetProperty("crit", out _) || head.TryGetProperty("cty", out _)) return null;
        if (TextOf(head, "typ") is { } type && !IsType(type)) return null;
        var keyId = TextOf(head, "kid");
        if (keyId is null ? head.TryGetProperty("kid", out _) : keyId.Length > KeyIdMax) return null;
        return TextOf(head, "alg") is { } algorithm ? new(text, algorithm, keyId, claims) : null;
    }

    /// <summary>A claim that is a text or a list of texts; null where it is absent or anything else.</summary>
    public IReadOnlyList<string>? Words(string claim)
    {
        if (!Claims.TryGetProperty(claim, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        return value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(word => word.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(word => word.GetString()!)]
            : null;
    }

    /// <summary>Whether a claim has this value: of a text its characters, else its JSON.</summary>
    public bool Has(string claim, string wanted) =>
        Claims.TryGetProperty(claim, out var value)
        && (value.ValueKind == JsonValueKind.String ? value.ValueEquals(wanted) : value.GetRawText() == wanted);

    /// <summary>Seconds since 1970 as a number; false where it is absent or anything else, such as a text.</summary>
    public bool TrySeconds(string claim, out decimal seconds)
    {
        seconds = 0;
        return Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetDecimal(out seconds);
    }

    public bool HasClaim(string claim) => Claims.TryGetProperty(claim, out _);

    private static bool IsType(string type) =>
        type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
        || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase);

    private static string? TextOf(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static JsonElement? Object(string part)
    {
        if (!Base64Url.IsValid(part)) return null;
        try
        {
            var bytes = Base64Url.DecodeFromChars(part);
            // What is not UTF-8 would be read as replacement characters, and two texts as one.
            using var document = JsonDocument.Parse(new UTF8Encoding(false, true).GetString(bytes), Strict);
            ReadEscapes(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception fault) when (fault is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Every text is read here once, so that whoever asks for one later has it.</summary>
    /// <exception cref="InvalidOperationException">One has an escaped half of a surrogate pair.</exception>
    private static void ReadEscapes(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
            if (reader is { ValueIsEscaped: true, TokenType: JsonTokenType.PropertyName or JsonTokenType.String })
                reader.GetString();
    }
}
