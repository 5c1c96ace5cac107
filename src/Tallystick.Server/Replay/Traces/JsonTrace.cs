using System.Text.Json;

namespace Tallystick.Server.Replay.Traces;

/// <summary>
/// Traces of one object a line with <c>timestamp</c>, <c>input_length</c>, <c>output_length</c> and <c>hash_ids</c>,
/// one for each block of input and all before it: the leading ones that an earlier request had are what a provider has
/// cached. Those of github.com/kvcache-ai/Mooncake have milliseconds and blocks of 512 tokens; those of
/// github.com/alibaba-edu/qwen-bailian-usagetraces-anon, which name a chat, seconds and blocks of 16.
/// </summary>
internal static class JsonTrace
{
    private const int MooncakeBlock = 512, BailianBlock = 16;

    public static IEnumerable<TraceRequest> Read(string first, TextReader file)
    {
        var seen = new HashSet<long>();
        var number = 1;
        for (var line = first; line is not null; line = file.ReadLine(), number++)
            if (line.Length > 0) yield return Parse(line, number, seen);
    }

    private static TraceRequest Parse(string line, int number, HashSet<long> seen)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var (unit, block) = root.TryGetProperty("chat_id", out _)
                ? (TimeSpan.TicksPerSecond, BailianBlock)
                : (TimeSpan.TicksPerMillisecond, MooncakeBlock);
            var at = Trace.Time(root.GetProperty("timestamp").GetDecimal(), unit)
                ?? throw new FormatException("timestamp is out of bounds");
            var (input, output) = (Tokens(root, "input_length"), Tokens(root, "output_length"));
            var blocks = root.TryGetProperty("hash_ids", out var ids)
                ? ids.EnumerateArray().Select(id => id.GetInt64()).ToList()
                : [];
            var cached = blocks.TakeWhile(seen.Contains).LongCount() * block;
            seen.UnionWith(blocks);
            return new(at, input, output, Math.Min(cached, input));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            throw new TraceFormatException(
                $"line {number} is no object with timestamp, input_length and output_length: {fault.Message}");
        }
    }

    private static long Tokens(JsonElement root, string name) =>
        root.GetProperty(name).GetInt64() is >= 0 and <= Trace.TokensMax and var tokens
            ? tokens
            : throw new FormatException($"{name} is out of bounds");
}
