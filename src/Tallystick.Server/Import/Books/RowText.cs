using System.Text.Encodings.Web;
using System.Text.Json;
using Tallystick.Server.Import.Sources;

namespace Tallystick.Server.Import.Books;

/// <summary>
/// What a row says beside its figures, as the free text of an entry: its own metadata, and under
/// <c>imported_columns</c> what of its columns has no place elsewhere.
/// </summary>
internal static class RowText
{
    private const string ColumnsMember = "imported_columns";
    private const int BytesMax = 64 << 10;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of an entry; null without any, or (then <paramref name="isTooLong"/>) where it is too long.
    /// </summary>
    public static byte[]? OfEntry(
        SourceRow row, string? description, JsonElement? metadata, string[] columns, out bool isTooLong)
    {
        var merged = Merge(row, metadata, columns);
        isTooLong = false;
        if (description is null && merged is null) return null;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (description is not null) json.WriteString("description", description);
            if (merged is not null)
            {
                json.WritePropertyName("metadata");
                json.WriteRawValue(merged);
            }
            json.WriteEndObject();
        }
        isTooLong = buffer.Length > BytesMax;
        return isTooLong ? null : buffer.ToArray();
    }

    /// <summary>A JSON object of the row's metadata and the columns that say something; null where none does.</summary>
    public static byte[]? Merge(SourceRow row, JsonElement? metadata, string[] columns)
    {
        var said = columns.Where(column => row[column] is not null).ToList();
        var own = metadata is { ValueKind: JsonValueKind.Object } given ? given : default;
        if (said.Count == 0 && own.ValueKind != JsonValueKind.Object) return null;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (own.ValueKind == JsonValueKind.Object)
                foreach (var member in own.EnumerateObject())
                    if (member.Name != ColumnsMember) member.WriteTo(json);
            if (said.Count > 0) json.WriteStartObject(ColumnsMember);
            foreach (var column in said) json.WriteString(column, row[column]);
            if (said.Count > 0) json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
