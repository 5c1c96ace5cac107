using System.Globalization;

namespace Tallystick.Server.Replay.Traces;

/// <summary>
/// Traces in columns, which are found by their names, whatever others there are: those of
/// github.com/Azure/AzurePublicDataset (times of day), of github.com/HPMLL/BurstGPT (seconds; what has no response
/// tokens has failed), and plain ones (milliseconds and, where it is known, <c>cached_tokens</c>).
/// </summary>
internal static class CsvTrace
{
    private static readonly Format[] Formats =
    [
        new("TIMESTAMP", Date, "ContextTokens", "GeneratedTokens"),
        new("Timestamp", text => Number(text, TimeSpan.TicksPerSecond), "Request tokens", "Response tokens")
        {
            HasFailures = true,
        },
        new("t_ms", text => Number(text, TimeSpan.TicksPerMillisecond), "input_tokens", "output_tokens"),
    ];

    private const string Cached = "cached_tokens";

    public static IEnumerable<TraceRequest> Read(string head, TextReader file)
    {
        var columns = head.TrimStart('\uFEFF').Split(',', StringSplitOptions.TrimEntries);
        var format = Formats.FirstOrDefault(format => format.Columns.All(columns.Contains))
            ?? throw new TraceFormatException(
                "neither JSON lines nor a table with the columns "
                + $"{string.Join(" or ", Formats.Select(format => string.Join(',', format.Columns)))}.");
        return Rows(file, columns, format);
    }

    private static IEnumerable<TraceRequest> Rows(TextReader file, string[] columns, Format format)
    {
        var places = Array.ConvertAll([.. format.Columns, Cached], name => Array.IndexOf(columns, name));
        for (var number = 2; file.ReadLine() is { } line; number++)
        {
            if (line.Length == 0) continue;
            var cells = line.Split(',', StringSplitOptions.TrimEntries);
            yield return cells.Length == columns.Length
                && Parse(Array.ConvertAll(places, place => place < 0 ? "0" : cells[place]), format) is { } request
                ? request
                : throw new TraceFormatException($"line {number} is not a request: {line}");
        }
    }

    private static TraceRequest? Parse(string[] cells, Format format) =>
        format.TimeOf(cells[0]) is { } at && Tokens(cells[1]) is { } input && Tokens(cells[2]) is { } output
        && Tokens(cells[3]) is { } cached && cached <= input
            ? new(at, input, output, cached) { HasFailed = format.HasFailures && output == 0 }
            : null;

    private static TimeSpan? Date(string text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time - DateTimeOffset.UnixEpoch
            : null;

    private static TimeSpan? Number(string text, long ticks) =>
        decimal.TryParse(
            text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture,
            out var number)
            ? Trace.Time(number, ticks)
            : null;

    private static long? Tokens(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
        && tokens <= Trace.TokensMax
            ? tokens
            : null;

    private sealed record Format(string Time, Func<string, TimeSpan?> TimeOf, string Input, string Output)
    {
        public string[] Columns => [Time, Input, Output];

        /// <summary>Whether a request without output is one that failed.</summary>
        public bool HasFailures { get; init; }
    }
}
