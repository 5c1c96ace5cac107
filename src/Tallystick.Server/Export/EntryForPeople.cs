using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Server.Export;

/// <summary>What an entry's bytes say, beside them in an export; nothing where they cannot be read.</summary>
internal static class EntryForPeople
{
    private static readonly JsonSerializerOptions Bodies = new(ExportJson.Default.Options)
    {
        TypeInfoResolver = ExportJson.Default.WithAddedModifier(WithoutNames),
    };

    /// <returns>A JSON object; null where the bytes or the text are not what an entry can say.</returns>
    public static byte[]? Render(in RawEntry row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using var json = new Utf8JsonWriter(buffer, JournalExport.Options);
            Write(json, EntryCodec.Decode(row.Bytes), row.Text);
        }
        catch (Exception)
        {
            // An export of damaged books is how one looks into them: their bytes are there, whatever they say.
            return null;
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, JournalEntry entry, EntryText? text)
    {
        json.WriteStartObject();
        json.WriteString("id", ThingId.Format(ThingId.Transaction, entry.Chain, entry.Number));
        json.WriteString("kind", entry.Body.Word);
        json.WriteString("at", entry.At.ToString());
        json.WritePropertyName("body");
        JsonSerializer.Serialize(json, entry.Body, Bodies.GetTypeInfo(entry.Body.GetType()));
        WriteMoves(json, entry);
        json.WriteString("balance_after", entry.BalanceAfter.ToString());
        json.WriteString("available_after", entry.AvailableAfter.ToString());
        if (entry.Origin is { } origin)
        {
            if (origin.Key is not null) json.WriteString("idempotency_key", origin.Key);
            json.WriteString("trace_id", Convert.ToHexStringLower(origin.TraceId.AsSpan()));
        }
        if (text is not null)
        {
            json.WritePropertyName("text");
            json.WriteRawValue(text.Content.AsSpan());
        }
        json.WriteEndObject();
    }

    /// <summary>The kind is beside the body, and the reference is a member of its own.</summary>
    private static void WithoutNames(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
            if (type.Properties[i].Name is "code" or "word" or "reference" or "of_charge") type.Properties.RemoveAt(i);
    }

    private static void WriteMoves(Utf8JsonWriter json, JournalEntry entry)
    {
        if (entry.Moves.IsEmpty) return;
        json.WriteStartArray("moves");
        foreach (var move in entry.Moves)
        {
            json.WriteStartObject();
            json.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(move.Kind.ToString()));
            var thing = move.ConcernsGrant ? "grant" : "debt";
            if (!move.Number.IsNone) json.WriteString(thing, ThingConverter.Word(move.Number));
            json.WriteString("amount", move.Amount.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
