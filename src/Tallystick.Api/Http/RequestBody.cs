using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.Http;

/// <summary>Reads a body: its media type, its bound, and then strictly as the contract says.</summary>
internal static class RequestBody
{
    public const int BytesMax = 1 << 20;
    public const int BatchBytesMax = 8 << 20;

    public static async ValueTask<T> ReadAsync<T>(
        HttpContext context, JsonTypeInfo<T> type, bool mayBeEmpty = false, int bytesMax = BytesMax) where T : class
    {
        var bytes = await ReadBytesAsync(context, bytesMax);
        if (bytes.IsEmpty && mayBeEmpty) return JsonSerializer.Deserialize("{}"u8, type)!;
        RequireJson(context.Request);
        return Parse(bytes.Span, type);
    }

    public static async ValueTask<JsonDocument> ReadDocumentAsync(HttpContext context, int bytesMax)
    {
        var bytes = await ReadBytesAsync(context, bytesMax);
        RequireJson(context.Request);
        if (!Utf8.IsValid(bytes.Span)) throw NotText();
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException fault)
        {
            throw Malformed(fault);
        }
    }

    public static T Parse<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type) where T : class
    {
        if (bytes.IsEmpty) throw new RequestException(400, ErrorCodes.InvalidRequest, "The body is empty.");
        if (bytes.StartsWith("\uFEFF"u8))
            throw new RequestException(400, ErrorCodes.InvalidRequest, "A byte order mark is not JSON.");
        if (!Utf8.IsValid(bytes)) throw NotText();
        try
        {
            var request = JsonSerializer.Deserialize(bytes, type)
                ?? throw new RequestException(400, ErrorCodes.InvalidRequest, "The body is null.");
            if (bytes.IndexOf("\\u"u8) >= 0) ReadEscapes(bytes);
            NullElements.Refuse(request, type);
            return request;
        }
        catch (AmountFormatException fault)
        {
            throw RequestException.InvalidAmount(FieldOf(fault), fault.Message);
        }
        catch (JsonException fault)
        {
            throw Malformed(fault);
        }
        catch (InvalidOperationException)
        {
            // Thrown for an escaped half of a surrogate pair.
            throw NotText();
        }
    }

    /// <summary>Members of any shape keep their text as it came: what cannot be read later is found here.</summary>
    private static void ReadEscapes(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
            if (reader is { ValueIsEscaped: true, TokenType: JsonTokenType.PropertyName or JsonTokenType.String })
                reader.GetString();
    }

    public static RequestException NotText() =>
        new(400, ErrorCodes.InvalidRequest, "The body holds text that is not valid Unicode in UTF-8.");

    public static RequestException Malformed(JsonException fault)
    {
        if (Missing(fault) is { Count: > 0 } missing)
            return new(400, ErrorCodes.InvalidRequest, $"{string.Join(", ", missing.Keys)}: must be given")
            {
                Errors = missing,
            };
        var field = FieldOf(fault);
        var reason = fault.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "unknown member"
            : fault.Message.Contains("uplicate", StringComparison.Ordinal) ? "given twice"
            : fault.Message.StartsWith("expected", StringComparison.Ordinal) ? fault.Message
            : "not what is expected here";
        var at = fault.LineNumber is { } line ? $" (line {line + 1}, byte {fault.BytePositionInLine + 1})" : "";
        return new(400, ErrorCodes.InvalidRequest, $"{field}: {reason}{at}")
        {
            Errors = new Dictionary<string, string>(StringComparer.Ordinal) { [field] = reason },
        };
    }

    /// <summary>The members that the serializer names, quoted, behind "including:".</summary>
    private static Dictionary<string, string> Missing(JsonException fault)
    {
        const string Before = "was missing required properties including: ";
        var from = fault.Message.IndexOf(Before, StringComparison.Ordinal);
        var named = from < 0 ? "" : fault.Message[(from + Before.Length)..];
        var prefix = FieldOf(fault) is var parent && parent == "body" ? "" : parent + ".";
        return named.Split('\'').Where((_, i) => i % 2 == 1)
            .ToDictionary(member => prefix + member, _ => "must be given", StringComparer.Ordinal);
    }

    private static string FieldOf(JsonException fault)
    {
        var path = fault.Path ?? "$";
        return path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path == "$" ? "body" : path;
    }

    private static void RequireJson(HttpRequest request)
    {
        const string Json = "application/json";
        // As nearly everybody says it.
        if (request.ContentType == Json && request.Headers.ContentEncoding.Count == 0) return;
        RequireMediaType(request, Json);
    }

    /// <summary>The body as it came, of one of the media types; which of them it is.</summary>
    public static async ValueTask<(string Type, ReadOnlyMemory<byte> Bytes)> ReadAsync(
        HttpContext context, IReadOnlyList<string> types, int bytesMax)
    {
        var bytes = await ReadBytesAsync(context, bytesMax);
        var type = RequireMediaType(context.Request, [.. types]);
        return Utf8.IsValid(bytes.Span) ? (type, bytes) : throw NotText();
    }

    private static string RequireMediaType(HttpRequest request, params string[] types)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            throw new RequestException(415, ErrorCodes.UnsupportedMediaType, "Compressed bodies are not taken.");
        var type = request.ContentType?.Split(';', 2);
        var known = type is null ? null
            : Array.Find(types, one => type[0].Trim().Equals(one, StringComparison.OrdinalIgnoreCase));
        var charset = type is { Length: 2 } ? type[1].Trim() : "";
        if (known is null || !(charset.Length == 0 || charset.Replace("\"", "", StringComparison.Ordinal)
            .Equals("charset=utf-8", StringComparison.OrdinalIgnoreCase)))
            throw new RequestException(415, ErrorCodes.UnsupportedMediaType, $"Send {types[0]} in UTF-8.");
        return known;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context, int bytesMax)
    {
        if (context.Request.ContentLength > bytesMax) throw TooLarge(bytesMax);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.Buffer.Length > bytesMax) throw TooLarge(bytesMax);
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static RequestException TooLarge(int bytesMax) =>
        new(413, ErrorCodes.PayloadTooLarge, $"A body has at most {bytesMax} bytes here.");
}
