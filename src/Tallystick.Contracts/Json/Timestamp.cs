using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>
/// An instant in whole microseconds since 1970. RFC 3339 in JSON: in with any offset and 0–9 decimals (finer than a
/// microsecond is cut off), out in UTC with six decimals, or none on a whole second.
/// </summary>
[JsonConverter(typeof(TimestampConverter))]
public readonly record struct Timestamp(long Micros)
{
    private static readonly string[] Formats = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public static bool TryParse(string text, out Timestamp timestamp)
    {
        timestamp = default;
        if (text.Length is < 20 or > 35 || !(text.EndsWith('Z') || text[^6] is '+' or '-')) return false;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            var end = point + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end - point - 1 is 0 or > 9) return false;
            if (end - point - 1 > 7) text = string.Concat(text.AsSpan(0, point + 8), text.AsSpan(end));
        }
        if (!DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return false;
        timestamp = new((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / 10);
        return true;
    }

    public override string ToString() =>
        DateTimeOffset.UnixEpoch.AddTicks(Micros * 10).ToString(
            Micros % 1_000_000 == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.ffffffZ",
            CultureInfo.InvariantCulture);
}

internal sealed class TimestampConverter : JsonConverter<Timestamp>
{
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Timestamp.TryParse(reader.GetString()!, out var timestamp)
            ? timestamp
            : throw new JsonException("expected an RFC 3339 time, like 2026-01-31T12:00:00Z");

    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
