using System.Collections.Frozen;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Tallystick.Gateway.Wire;

/// <summary>
/// A <c>multipart/form-data</c> body as it came: where the value of each part lies. Strict: what two readers could read
/// in two ways is refused, for the upstream reads it again.
/// </summary>
internal sealed class MultipartForm
{
    private const string Disposition = "Content-Disposition:";
    private const int PartsMax = 64;
    private const int HeadBytesMax = 4 << 10;
    private readonly FrozenDictionary<string, Range> _fields;
    private readonly List<Range> _parts;
    private readonly ReadOnlyMemory<byte> _body;

    private MultipartForm(ReadOnlyMemory<byte> body, Dictionary<string, Range> fields, List<Range> parts) =>
        (_body, _fields, _parts) = (body, fields.ToFrozenDictionary(StringComparer.Ordinal), parts);

    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>
    /// Each part with its head, in their order: what is left of a body without the boundary, which is another each time
    /// that a client writes the same form.
    /// </summary>
    public IEnumerable<ReadOnlyMemory<byte>> Parts => _parts.Select(part => _body[part]);

    public (int Start, int Length)? Locate(string name) =>
        _fields.TryGetValue(name, out var range) ? range.GetOffsetAndLength(_body.Length) : null;

    public string? Text(string name) =>
        Locate(name) is var (start, length) ? Encoding.UTF8.GetString(_body.Span.Slice(start, length)) : null;

    /// <summary>Null when the body is no such form, or names a single value twice.</summary>
    public static MultipartForm? Parse(ReadOnlyMemory<byte> body, string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is 0 or > 70 ? null : Parse(body, Encoding.ASCII.GetBytes("--" + boundary));
    }

    private static MultipartForm? Parse(ReadOnlyMemory<byte> body, byte[] delimiter)
    {
        var fields = new Dictionary<string, Range>(StringComparer.Ordinal);
        var found = new List<Range>();
        var bytes = body.Span;
        var at = 0;
        for (var parts = 0; parts <= PartsMax; parts++)
        {
            if (!bytes[at..].StartsWith(delimiter)) return null;
            at += delimiter.Length;
            if (bytes[at..].StartsWith("--"u8)) return new(body, fields, found);
            if (!bytes[at..].StartsWith("\r\n"u8)) return null;
            at += 2;
            var head = bytes[at..].IndexOf("\r\n\r\n"u8);
            if (head is < 0 or > HeadBytesMax || NameOf(bytes.Slice(at, head)) is not { } name) return null;
            var start = at;
            at += head + 4;
            var end = FindEnd(bytes[at..], delimiter);
            // Lists repeat their name, which ends in []; everything else may be given once.
            if (end < 0) return null;
            if (!fields.TryAdd(name, at..(at + end)) && !name.EndsWith("[]", StringComparison.Ordinal)) return null;
            found.Add(start..(at + end));
            at += end + 2;
        }
        return null;
    }

    private static int FindEnd(ReadOnlySpan<byte> bytes, byte[] delimiter)
    {
        for (var at = 0; ;)
        {
            var line = bytes[at..].IndexOf("\r\n--"u8);
            if (line < 0) return -1;
            at += line;
            if (bytes[(at + 2)..].StartsWith(delimiter)) return at;
            at += 2;
        }
    }

    private static string? NameOf(ReadOnlySpan<byte> head)
    {
        string? name = null;
        foreach (var line in Encoding.UTF8.GetString(head).Split("\r\n"))
        {
            if (!line.StartsWith(Disposition, StringComparison.OrdinalIgnoreCase)) continue;
            var isOne = ContentDispositionHeaderValue.TryParse(line[Disposition.Length..].Trim(), out var value);
            if (name is not null || !isOne) return null;
            name = HeaderUtilities.RemoveQuotes(value!.Name).ToString();
        }
        return string.IsNullOrEmpty(name) ? null : name;
    }
}
