using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// What two calls share when they mean the same, whatever the order of their members, their white space, and the
/// boundary between the parts of a form.
/// </summary>
internal static class CallMeaning
{
    private const int Bytes = 16;

    public static ImmutableArray<byte> Of(string operation, string model, CallBody body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{operation}\n{model}\n"));
        if (body.Form is { } form)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            foreach (var part in form.Parts)
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
                hash.AppendData(length);
                hash.AppendData(part.Span);
            }
        }
        else
        {
            var buffer = new ArrayBufferWriter<byte>(body.Bytes.Length);
            var options = new JsonWriterOptions { MaxDepth = CallBody.DepthMax };
            using (var writer = new Utf8JsonWriter(buffer, options)) Write(writer, body.Root);
            hash.AppendData(buffer.WrittenSpan);
        }
        return [.. hash.GetHashAndReset().AsSpan(0, Bytes)];
    }

    /// <summary>For what is recognised by its place alone.</summary>
    public static ImmutableArray<byte> Of(string text) =>
        [.. SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Bytes)];

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
            {
                writer.WritePropertyName(member.Name);
                Write(writer, member.Value);
            }
            writer.WriteEndObject();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in element.EnumerateArray()) Write(writer, item);
            writer.WriteEndArray();
        }
        else if (element.ValueKind == JsonValueKind.String) writer.WriteStringValue(Fields.Text(element, "body"));
        else writer.WriteRawValue(element.GetRawText(), skipInputValidation: true);
    }
}
