using System.Globalization;

namespace Tallystick.Server.Replay.Traces;

/// <summary>
/// Traces in columns: those of github.com/Azure/AzurePublicDataset (<c>TIMESTAMP,ContextTokens,GeneratedTokens</c>) and
/// plain ones (<c>t_ms,input_tokens,output_tokens</c> and, where it is known, <c>cached_tokens</c>).
/// </summary>
internal static class CsvTrace
{
    private const string Expected =
        "neither JSON lines nor a table with the columns TIMESTAMP,ContextTokens,GeneratedTokens or "
        + "t_ms,input_tokens,output_tokens[,cached_tokens]";

    public static IEnumerable<TraceRequest> Read(string head, TextReader file)
    {
        var columns = head.TrimStart('\uFEFF').Split(',', StringSplitOptions.TrimEntries);
        var isAzure = columns is ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];
        var isPlain = columns is ["t_ms", "input_tokens", "output_tokens"]
            or ["t_ms", "input_tokens", "output_tokens", "cached_tokens"];
        if (!isAzure && !isPlain) throw new TraceFormatException($"{Expected}.");
        return Rows(file, columns.Length, isAzure ? TimeOfDay : Milliseconds);
    }

    private static IEnumerable<TraceRequest> Rows(TextReader file, int columns, Func<string, TimeSpan?> time)
    {
        for (var number = 2; file.ReadLine() is { } line; number++)
        {
            if (line.Length == 0) continue;
            var cells = line.Split(',', StringSplitOptions.TrimEntries);
            yield return cells.Length == columns && Parse(cells, time) is { } request ? request
                : throw new TraceFormatException($"line {number} is not a request: {line}");
        }
    }

    private static TraceRequest? Parse(string[] cells, Func<string, TimeSpan?> time) =>
        time(cells[0]) is { } at && Tokens(cells[1]) is { } input && Tokens(cells[2]) is { } output
        && (cells.Length == 3 ? 0 : Tokens(cells[3])) is { } cached && cached <= input
            ? new(at, input, output, cached)
            : null;

    private static TimeSpan? TimeOfDay(string text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time - DateTimeOffset.UnixEpoch
            : null;

    private static TimeSpan? Milliseconds(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds < int.MaxValue
            ? new TimeSpan((long)(milliseconds * TimeSpan.TicksPerMillisecond))
            : null;

    private static long? Tokens(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
        && tokens <= Trace.TokensMax
            ? tokens
            : null;
}
