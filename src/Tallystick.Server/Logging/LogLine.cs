using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tallystick.Server.Logging;

/// <summary>
/// One event on one line. What came from outside cannot forge a second one: JSON escapes it, and the text form writes
/// control characters as their numbers.
/// </summary>
internal readonly record struct LogLine(
    DateTimeOffset Time, LogLevel Level, string Event, string Source, string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields, Exception? Exception)
{
    private const string TimeForm = "yyyy-MM-ddTHH:mm:ss.ffffffZ";
    private const string Template = "{OriginalFormat}";
    private const int KeptMax = 16 << 10;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Of the fields in messages' templates, of which there are as many as the program has.</summary>
    private static readonly ConcurrentDictionary<string, JsonEncodedText> Names = new(StringComparer.Ordinal);

    // There is a line for each commit: what writes it is made once a thread.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private string LevelWord => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    public byte[] ToJson()
    {
        var buffer = _buffer ??= new(256);
        var writer = _writer ??= new(buffer, Options);
        buffer.ResetWrittenCount();
        writer.Reset();
        WriteTo(writer);
        writer.Flush();
        buffer.Write("\n"u8);
        var line = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > KeptMax) (_buffer, _writer) = (null, null);
        return line;
    }

    private void WriteTo(Utf8JsonWriter writer)
    {
        Span<char> time = stackalloc char[TimeForm.Length];
        Time.UtcDateTime.TryFormat(time, out var length, TimeForm, CultureInfo.InvariantCulture);
        writer.WriteStartObject();
        writer.WriteString("time", time[..length]);
        writer.WriteString("level", LevelWord);
        if (Event.Length > 0) writer.WriteString("event", Event);
        writer.WriteString("source", Source);
        writer.WriteString("message", Message);
        for (var i = 0; i < Fields.Count; i++)
            if (Fields[i] is var (name, value) && name != Template) WriteField(writer, NameOf(name), value);
        if (Exception is not null) writer.WriteString("exception", Exception.ToString());
        writer.WriteEndObject();
    }

    private static JsonEncodedText NameOf(string field) => Names.GetOrAdd(
        field, static name => JsonEncodedText.Encode(JsonNamingPolicy.SnakeCaseLower.ConvertName(name)));

    public byte[] ToText()
    {
        var text = new StringBuilder()
            .Append(Time.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture))
            .Append(' ').Append(LevelWord).Append(' ');
        if (Event.Length > 0) text.Append(Event).Append(": ");
        foreach (var letter in Message) Append(text, letter);
        text.Append('\n');
        if (Exception is not null)
            foreach (var line in Exception.ToString().Split('\n')) AppendLine(text.Append("    "), line.TrimEnd('\r'));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AppendLine(StringBuilder text, string line)
    {
        foreach (var letter in line) Append(text, letter);
        text.Append('\n');
    }

    private static void Append(StringBuilder text, char letter)
    {
        if (char.IsControl(letter)) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        else text.Append(letter);
    }

    private static void WriteField(Utf8JsonWriter writer, JsonEncodedText name, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNull(name); break;
            case int number: writer.WriteNumber(name, number); break;
            case long number: writer.WriteNumber(name, number); break;
            case bool flag: writer.WriteBoolean(name, flag); break;
            default: writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}
