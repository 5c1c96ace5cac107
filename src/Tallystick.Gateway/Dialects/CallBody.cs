using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects;

/// <summary>A request as it came, read once: strict JSON, or a form, whose every byte can be found again.</summary>
internal sealed class CallBody : IDisposable
{
    public const int DepthMax = 128;

    /// <summary>Each token of a parsed body takes 12 bytes of memory whatever its own size.</summary>
    private const int TokensMax = 2_000_000;
    private const int TokensUncountedBytes = 1 << 20;

    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };
    private static readonly JsonDocument NoDocument = JsonDocument.Parse("{}");
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);
    private readonly JsonDocument _document;

    private CallBody(ReadOnlyMemory<byte> bytes, JsonDocument document, MultipartForm? form = null) =>
        (Bytes, _document, Form) = (bytes, document, form);

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>An empty object where the body is a form.</summary>
    public JsonElement Root => _document.RootElement;
    public MultipartForm? Form { get; }

    public static CallBody ParseForm(ReadOnlyMemory<byte> bytes, string? contentType) =>
        MultipartForm.Parse(bytes, contentType) is { } form
            ? new(bytes, NoDocument, form)
            : throw new CallException(null, "The body must be multipart/form-data that names each value once.");

    public static CallBody Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!Utf8.IsValid(bytes.Span)) throw new CallException(null, "The body is not valid UTF-8.");
            if (bytes.Length > TokensUncountedBytes) RequireFewTokens(bytes.Span);
            var document = JsonDocument.Parse(bytes, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new(bytes, document);
            document.Dispose();
            throw new CallException(null, "The body must be a JSON object.");
        }
        catch (InvalidOperationException)
        {
            // Thrown where names are compared and one of them is half a surrogate.
            throw new CallException(null, "A member's name is not valid Unicode.");
        }
        catch (JsonException fault)
        {
            var where = fault.LineNumber is { } line ? $" (line {line + 1}, byte {fault.BytePositionInLine + 1})" : "";
            throw new CallException(null, $"The body is not JSON that can be taken{where}: it must be well formed, " +
                $"name each member once and have at most {DepthMax} levels.");
        }
    }

    /// <summary>Where a value lies in the body.</summary>
    public (int Start, int Length) Locate(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        Bytes.Span.Overlaps(raw, out var start);
        return (start, raw.Length);
    }

    /// <summary>Sets a member of an object, which is added as its first if it has none of that name.</summary>
    public void Set(BodyEdits edits, JsonElement parent, string name, string json)
    {
        if (parent.TryGetProperty(name, out var value))
        {
            Replace(edits, value, json);
            return;
        }
        var comma = parent.EnumerateObject().MoveNext() ? "," : "";
        edits.Insert(Locate(parent).Start + 1, Encoding.UTF8.GetBytes($"\"{name}\":{json}{comma}"));
    }

    public void Replace(BodyEdits edits, JsonElement value, string json)
    {
        var (start, length) = Locate(value);
        edits.Replace(start, length, Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Gives a member another name.</summary>
    /// <param name="member">Its value; its name holds no quote.</param>
    public void Rename(BodyEdits edits, JsonElement member, string name)
    {
        var (start, length) = NameOf(member);
        edits.Replace(start, length, Encoding.UTF8.GetBytes($"\"{name}\""));
    }

    /// <summary>Takes a member out of an object that has others, with the comma that parts it from them.</summary>
    /// <param name="member">Its value; its name holds no quote.</param>
    public void Remove(BodyEdits edits, JsonElement member)
    {
        var bytes = Bytes.Span;
        var (value, length) = Locate(member);
        var (start, end) = (NameOf(member).Start, value + length);
        var after = bytes[end..].IndexOfAnyExcept(WhiteSpace);
        if (bytes[end + after] == ',') end += after + 1;
        else start = bytes[..start].LastIndexOf((byte)',');
        edits.Replace(start, end - start, []);
    }

    private (int Start, int Length) NameOf(JsonElement member)
    {
        var before = Bytes.Span[..Locate(member).Start];
        var end = before.LastIndexOf((byte)'"');
        var start = before[..end].LastIndexOf((byte)'"');
        return (start, end + 1 - start);
    }

    public void Dispose()
    {
        if (!ReferenceEquals(_document, NoDocument)) _document.Dispose();
    }

    private static void RequireFewTokens(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DepthMax });
        for (var tokens = 0; reader.Read(); tokens++)
            if (tokens == TokensMax) throw new CallException(null, $"The body has more than {TokensMax} values.");
    }
}
