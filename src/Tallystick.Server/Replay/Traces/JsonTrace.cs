using System.Text.Json;

namespace Tallystick.Server.Replay.Traces;

/// <summary>
/// Traces of github.com/kvcache-ai/Mooncake: one object a line with <c>timestamp</c> (milliseconds),
/// <c>input_length</c>, <c>output_length</c> and <c>hash_ids</c>, one for each 512 tokens of input and all before them:
/// the leading ones that an earlier request had are what a provider has cached.
/// </summary>
internal static class MooncakeTrace
{
    private const int BlockTokens = 512;

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
            var at = TimeSpan.FromMilliseconds(root.GetProperty("timestamp").GetInt64());
            var (input, output) = (Tokens(root, "input_length"), Tokens(root, "output_length"));
            var blocks = root.TryGetProperty("hash_ids", out var ids)
                ? ids.EnumerateArray().Select(id => id.GetInt64()).ToList()
                : [];
            var cached = blocks.TakeWhile(seen.Contains).LongCount() * BlockTokens;
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
