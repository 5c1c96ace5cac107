using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Http;

/// <summary>
/// Text that people wrote: checked, put into one form, and salted so that it can be erased without trace.
/// </summary>
internal static class FreeText
{
    private const int SaltBytes = 16;
    private const int DescriptionMax = 1_000;
    private const int MetadataBytesMax = 16 << 10;
    private const int MetadataMembersMax = 50;

    /// <summary>So deep that an answer which carries it stays readable by parsers that stop at 64.</summary>
    private const int MetadataLevelsMax = 32;

    public static string? Check(string? text, string field, int lengthMax = DescriptionMax)
    {
        if (text is null) return null;
        if (text.Length > lengthMax) throw RequestException.Invalid(field, $"at most {lengthMax} characters");
        foreach (var letter in text)
            if (char.IsControl(letter) && letter is not ('\n' or '\t'))
                throw RequestException.Invalid(field, "control characters");
        return text;
    }

    /// <summary>The object with its members sorted by name at every level; null for none.</summary>
    public static JsonElement? Canonical(JsonElement? metadata, string field = "metadata")
    {
        if (metadata is not { } element || element.ValueKind == JsonValueKind.Null) return null;
        if (element.ValueKind != JsonValueKind.Object) throw RequestException.Invalid(field, "an object");
        if (element.GetPropertyCount() > MetadataMembersMax)
            throw RequestException.Invalid(field, $"at most {MetadataMembersMax} members");
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, element, field, 1);
        if (buffer.WrittenCount > MetadataBytesMax) throw RequestException.Invalid(field, "at most 16 KiB");
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    /// <param name="rawUsage">The provider's own usage object, where the request is about one.</param>
    public static EntryText? OfRequest(string? description, JsonElement? metadata, JsonElement? rawUsage = null) =>
        Of(("description", Check(description, "description")), ("metadata", metadata), ("raw_usage", rawUsage));

    public static EntryText? Of(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var any = false;
        foreach (var (_, value) in members) any |= value is not null;
        if (!any) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                if (value is null) continue;
                writer.WritePropertyName(name);
                if (value is JsonElement element) element.WriteTo(writer);
                else writer.WriteStringValue((string)value);
            }
            writer.WriteEndObject();
        }
        return new(Salt(), [.. buffer.WrittenSpan]);
    }

    /// <summary>
    /// A salt for the profile that the decision will make of the changes; null where nothing is changed.
    /// </summary>
    public static EntryText? OfProfile(Profile changes) => changes == Profile.Empty ? null : new(Salt(), []);

    private static ImmutableArray<byte> Salt() => [.. RandomNumberGenerator.GetBytes(SaltBytes)];

    private static void Write(Utf8JsonWriter writer, JsonElement element, string field, int level)
    {
        if (level > MetadataLevelsMax && element.ValueKind is (JsonValueKind.Object or JsonValueKind.Array))
            throw RequestException.Invalid(field, $"at most {MetadataLevelsMax} levels");
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(Check(member.Name, field)!);
                    Write(writer, member.Value, field, level + 1);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Write(writer, item, field, level + 1);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Check(element.GetString(), field, MetadataBytesMax));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
