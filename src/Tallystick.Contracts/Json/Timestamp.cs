using System.Globalization;
using System.Text;
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
    internal const int LengthMax = 27;
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

    /// <summary>Writes it; the bytes written, at most <see cref="LengthMax"/>.</summary>
    internal int Format(Span<byte> target)
    {
        var time = DateTime.UnixEpoch.AddTicks(Micros * 10);
        Write(target[..4], time.Year);
        target[4] = (byte)'-';
        Write(target[5..7], time.Month);
        target[7] = (byte)'-';
        Write(target[8..10], time.Day);
        target[10] = (byte)'T';
        Write(target[11..13], time.Hour);
        target[13] = (byte)':';
        Write(target[14..16], time.Minute);
        target[16] = (byte)':';
        Write(target[17..19], time.Second);
        var (length, fraction) = (19, (int)(time.Ticks % TimeSpan.TicksPerSecond / 10));
        if (fraction > 0)
        {
            target[length] = (byte)'.';
            Write(target.Slice(length + 1, 6), fraction);
            length += 7;
        }
        target[length] = (byte)'Z';
        return length + 1;
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[LengthMax];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    private static void Write(Span<byte> digits, int value)
    {
        for (var i = digits.Length - 1; i >= 0; i--, value /= 10) digits[i] = (byte)('0' + value % 10);
    }
}

internal sealed class TimestampConverter : JsonConverter<Timestamp>
{
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Timestamp.TryParse(reader.GetString()!, out var timestamp)
            ? timestamp
            : throw new JsonException("expected an RFC 3339 time, like 2026-01-31T12:00:00Z");

    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Timestamp.LengthMax];
        writer.WriteStringValue(text[..value.Format(text)]);
    }
}
