using System.Text;

namespace Tallystick.Observability.Tests;

/// <summary>
/// A span as it travels (opentelemetry-proto, trace/v1/trace.proto): of the request its field 1, of that field 2, of
/// that field 2 are the spans; a span's 1, 2, 4 and 5 are its trace, its own and its parent's id, and its name.
/// </summary>
internal sealed record OtlpSpan(string TraceId, string Id, string ParentId, string Name)
{
    public static IEnumerable<OtlpSpan> ReadAll(byte[] request) =>
        from resource in Fields(request, 1)
        from scope in Fields(resource, 2)
        from span in Fields(scope, 2)
        select new OtlpSpan(
            Hex(span, 1), Hex(span, 2), Hex(span, 4), Encoding.UTF8.GetString(Fields(span, 5).Single()));

    private static string Hex(byte[] span, int field) =>
        Convert.ToHexStringLower(Fields(span, field).FirstOrDefault() ?? []);

    /// <summary>The length-delimited fields of one number; the others are passed over.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0: Varint(message, ref at); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(tag >> 3) == number) found.Add(message[at..(at + length)]);
                    at += length;
                    break;
                default: throw new InvalidDataException($"wire type {tag & 7}");
            }
        }
        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 0x7F) << shift;
            if (message[at++] < 0x80) return value;
        }
    }
}
