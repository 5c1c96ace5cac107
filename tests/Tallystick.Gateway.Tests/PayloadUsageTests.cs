using System.Text;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Usage;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Every recorded response says what the oracle says, in whatever pieces it arrives.</summary>
public sealed class PayloadUsageTests(ITestOutputHelper output)
{
    private const int Cuts = 20;

    [Fact]
    public void Every_recorded_response_comes_to_what_its_provider_bills()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        using var oracle = SharedData.Json("oracle/payload-usage.json");
        var files = 0;
        foreach (var file in oracle.RootElement.GetProperty("files").EnumerateArray())
        {
            var reading = Read(file, cut: null);
            Check(file, reading);
            files++;
        }
        Assert.Equal(127, files);
    }

    [Fact]
    public void Where_the_bytes_are_cut_does_not_matter()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var oracle = SharedData.Json("oracle/payload-usage.json");
        foreach (var file in oracle.RootElement.GetProperty("files").EnumerateArray())
        {
            Check(file, Read(file, cut: () => 1));
            for (var i = 0; i < Cuts; i++) Check(file, Read(file, cut: () => random.Next(1, 200)));
        }
    }

    [Fact]
    public void A_response_without_usage_is_missing_it_and_nothing_else()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        using var index = SharedData.Json("payloads/INDEX.json");
        using var oracle = SharedData.Json("oracle/payload-usage.json");
        var known = oracle.RootElement.GetProperty("files").EnumerateArray()
            .Select(file => file.GetProperty("file").GetString()).ToHashSet();
        foreach (var file in index.RootElement.EnumerateArray())
        {
            var name = file.GetProperty("file").GetString()!;
            if (known.Contains(name)) continue;
            var reading = Read(file, cut: null);
            if (name.Contains("image-edit", StringComparison.Ordinal))
                Assert.Equal(1, Counts.Of(reading.Parts.Single(), Unit.Images));
            // Two lines of the recording are broken in the middle of an event; the one with usage is whole.
            else if (name.Contains("parallel-tool-call", StringComparison.Ordinal))
                Assert.Equal(34, Counts.Of(reading.Parts.Single(), Unit.Input));
            else Assert.True(reading.Doubts == UsageDoubts.Missing, $"{file.GetProperty("file")}: {reading}");
        }
    }

    private static UsageReading Read(JsonElement file, Func<int>? cut)
    {
        var path = file.GetProperty("file").GetString()!;
        var bytes = SharedData.Bytes("payloads/" + path);
        var isStream = file.GetProperty("stream").GetBoolean();
        if (path.EndsWith(".chunks.txt", StringComparison.Ordinal)) bytes = ToEvents(bytes);
        var meter = new ResponseMeter(ShapeOf(file.GetProperty("api").GetString()!), isStream);
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
        {
            var taken = Math.Min(rest.Length, cut?.Invoke() ?? rest.Length);
            meter.Feed(rest[..taken]);
            rest = rest[taken..];
        }
        meter.Complete();
        return meter.Read();
    }

    private static byte[] ToEvents(byte[] recorded)
    {
        var lines = Encoding.UTF8.GetString(recorded).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"data: {line}\n\n")));
    }

    private static ResponseShape ShapeOf(string api) => api switch
    {
        "chat-completions" or "completions" => ResponseShape.Chat,
        "openai-responses" => ResponseShape.Responses,
        "anthropic-messages" => ResponseShape.Messages,
        "gemini-generateContent" => ResponseShape.Gemini,
        "gemini-interactions" => ResponseShape.GeminiInteractions,
        "bedrock-converse" => ResponseShape.Bedrock,
        "cohere-chat-v2" => ResponseShape.Cohere,
        "images" => ResponseShape.Images,
        "embeddings" => ResponseShape.Chat,
        "rerank" => ResponseShape.Bedrock,
        "audio-transcription" => ResponseShape.Audio,
        _ => throw new ArgumentOutOfRangeException(nameof(api), api, "an API that no dialect reads"),
    };

    private static void Check(JsonElement file, UsageReading reading)
    {
        var name = file.GetProperty("file").GetString()!;
        var expect = file.GetProperty("expect");
        Assert.True(reading.Doubts == UsageDoubts.None, $"{name}: {reading.Doubts}");
        if (expect.TryGetProperty("iterations", out var iterations))
        {
            CheckIterations(name, iterations, reading);
            return;
        }
        var usage = Assert.Single(reading.Parts);
        if (expect.TryGetProperty("audio_seconds", out var seconds))
        {
            Assert.Equal(ExactDecimal.From(seconds.GetInt64()), usage[Unit.Seconds]);
            return;
        }
        var billed = expect.TryGetProperty("billed_input", out var billedInput);
        Same(billed ? billedInput : expect.GetProperty("input_total"), Counts.Of(usage, Unit.Input));
        Same(expect.GetProperty(billed ? "billed_output" : "output"), Counts.Of(usage, Unit.Output));
        if (billed) return;
        Told("cache_read", Counts.Of(usage, Unit.CacheRead));
        Told("cache_write", Counts.Of(usage, Unit.CacheWrite));
        Told("cache_write_1h", Counts.Of(usage, Unit.CacheWriteOneHour));
        Told("reasoning", Counts.Of(usage, Unit.Reasoning));
        Told("web_searches", Counts.Of(usage, "web_searches"));
        Told("web_fetches", Counts.Of(usage, "web_fetches"));

        void Told(string figure, long? actual)
        {
            if (expect.TryGetProperty(figure, out var expected)) Same(expected, actual ?? 0);
        }

        void Same(JsonElement expected, long? actual) =>
            Assert.True(expected.GetInt64() == actual, $"{name}: {expected} is not {actual}");
    }

    private static void CheckIterations(string name, JsonElement iterations, UsageReading reading)
    {
        Assert.True(iterations.GetArrayLength() == reading.Parts.Length, name);
        foreach (var (expected, part) in iterations.EnumerateArray().Zip(reading.Parts))
        {
            Assert.Equal(expected.GetProperty("model").GetString(), part.Model);
            Assert.Equal(
                Figure("input_tokens") + Figure("cache_read_input_tokens") + Figure("cache_creation_input_tokens"),
                Counts.Of(part, Unit.Input));
            Assert.Equal(Figure("output_tokens"), Counts.Of(part, Unit.Output));

            long Figure(string figure) => expected.GetProperty(figure).GetInt64();
        }
    }
}
