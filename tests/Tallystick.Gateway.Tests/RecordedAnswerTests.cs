using System.Text;
using System.Text.Json;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>
/// Every recorded response whose API the gateway has, said by an upstream and charged by the real proxy: 1 credit for
/// plain input, 3 for what was read from a cache, 5 for what was written to it, 2 for output, 7 a second, 11 an image.
/// </summary>
public sealed class RecordedAnswerTests
{
    /// <summary>Their APIs have no route here; <see cref="PayloadUsageTests"/> reads them.</summary>
    private static readonly string[] Elsewhere = ["bedrock-converse", "cohere-chat-v2", "gemini-interactions"];

    private static readonly string[] WithoutUsage =
    [
        "openai-compatible/stream/anthropic-fallback-tool-call.sse", "groq/nonstream/groq-transcription-text.json",
        "openai/nonstream/openai-image-edit.json",
    ];

    [Fact]
    public async Task Every_recorded_answer_is_charged_as_its_provider_would_G4_G14()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        await using var server = await StartAsync();
        using var oracle = SharedData.Json("oracle/payload-usage.json");
        var served = 0;
        foreach (var file in oracle.RootElement.GetProperty("files").EnumerateArray())
        {
            if (Elsewhere.Contains(file.GetProperty("api").GetString())) continue;
            served++;
            var name = file.GetProperty("file").GetString()!;
            Assert.Equal(200, await PlayAsync(server, file));
            var capture = (await server.EntriesAsync())[^1];
            var taken = Assert.IsType<EntryBody.Captured>(capture.Entry.Body).Amount;
            Assert.True(Expected(file) == taken, $"{name}: {taken} is not {Expected(file)}");
            Assert.False((bool)GatewayServer.Metadata(capture)["estimated"]!, name);
        }
        Assert.Equal(104, served);
    }

    [Fact]
    public async Task A_recorded_answer_without_usage_is_estimated_and_says_so_G3()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        await using var server = await StartAsync();
        using var index = SharedData.Json("payloads/INDEX.json");
        foreach (var file in index.RootElement.EnumerateArray())
        {
            var name = file.GetProperty("file").GetString()!;
            if (!WithoutUsage.Contains(name)) continue;
            Assert.Equal(200, await PlayAsync(server, file));
            var capture = (await server.EntriesAsync())[^1];
            var isImage = file.GetProperty("api").GetString() == "images";
            Assert.Equal(!isImage, (bool)GatewayServer.Metadata(capture)["estimated"]!);
            var taken = Assert.IsType<EntryBody.Captured>(capture.Entry.Body).Amount;
            Assert.True(isImage ? taken == CreditAmount.FromCredits(11) : taken.IsPositive, $"{name}: {taken}");
        }
        Assert.Equal(WithoutUsage.Length, (await server.CapturesAsync()).Count);
    }

    private static Task<GatewayServer> StartAsync() => GatewayServer.StartAsync(credits: 100_000_000, prices:
    [
        GatewayServer.Price(
            null, "*", ("input", 1), ("output", 2), ("cache_read", 3), ("cache_write", 5), ("seconds", 7),
            ("images", 11)),
    ]);

    /// <summary>Has the upstream say a recording, and asks for it by its API's own route.</summary>
    private static async Task<int> PlayAsync(GatewayServer server, JsonElement file)
    {
        var name = file.GetProperty("file").GetString()!;
        var isStream = file.GetProperty("stream").GetBoolean();
        var answer = Encoding.UTF8.GetString(SharedData.Bytes("payloads/" + name));
        if (!isStream) server.Upstream.Says(200, answer);
        else if (name.EndsWith(".sse", StringComparison.Ordinal)) server.Upstream.Streams(answer);
        else server.Upstream.Streams(
            answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"data: {line}\n\n"));
        var (path, ask) = Route(file.GetProperty("api").GetString()!, isStream ? "true" : "false");
        if (ask is not null) return (await server.PostAsync(path, ask)).Status;
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[100_000]), "file", "a.mp3" }, { new StringContent("m"), "model" },
        };
        using var response = await server.Http.PostAsync(path, form);
        return (int)response.StatusCode;
    }

    /// <returns>The route, and the body to post; null for a form.</returns>
    private static (string Path, string? Ask) Route(string api, string stream) => api switch
    {
        "chat-completions" => ("/v1/chat/completions", $$"""{"model":"m","stream":{{stream}},"messages":[]}"""),
        "completions" => ("/v1/completions", $$"""{"model":"m","stream":{{stream}},"prompt":"x"}"""),
        "openai-responses" => ("/v1/responses", $$"""{"model":"m","stream":{{stream}},"input":"x"}"""),
        "anthropic-messages" =>
            ("/v1/messages", $$"""{"model":"m","stream":{{stream}},"max_tokens":9,"messages":[]}"""),
        "gemini-generateContent" => (
            "/v1beta/models/m:" + (stream == "true" ? "streamGenerateContent?alt=sse" : "generateContent"),
            """{"contents":[]}"""),
        "images" => ("/v1/images/generations", """{"model":"m","prompt":"x"}"""),
        "audio-transcription" => ("/v1/audio/transcriptions", null),
        _ => throw new ArgumentOutOfRangeException(nameof(api), api, "an API without a route"),
    };

    /// <summary>By the oracle's figures.</summary>
    private static CreditAmount Expected(JsonElement file)
    {
        var expect = file.GetProperty("expect");
        if (expect.TryGetProperty("audio_seconds", out var seconds))
            return CreditAmount.FromCredits(7 * seconds.GetInt64());
        if (!expect.TryGetProperty("iterations", out var iterations))
            return Cost(
                Figure(expect, "input_total"), Figure(expect, "cache_read"), Figure(expect, "cache_write"),
                Figure(expect, "output"));
        return iterations.EnumerateArray().Aggregate(default(CreditAmount), (sum, one) =>
        {
            var (read, written) = (Figure(one, "cache_read_input_tokens"), Figure(one, "cache_creation_input_tokens"));
            var input = Figure(one, "input_tokens") + read + written;
            return sum + Cost(input, read, written, Figure(one, "output_tokens"));
        });
    }

    private static CreditAmount Cost(long input, long read, long written, long output) =>
        CreditAmount.FromCredits(input - read - written + (3 * read) + (5 * written) + (2 * output));

    private static long Figure(JsonElement expect, string name) =>
        expect.TryGetProperty(name, out var figure) ? figure.GetInt64() : 0;
}
