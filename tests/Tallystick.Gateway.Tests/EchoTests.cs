using System.Diagnostics;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>The built-in upstream: deterministic, with usage, and as bad as it is asked to be.</summary>
public sealed class EchoTests
{
    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"echo","messages":[{"role":"user","content":"one two three"}]}""")]
    [InlineData("/v1/completions", """{"model":"echo","prompt":"one two three"}""")]
    [InlineData("/v1/responses", """{"model":"echo","input":"one two three"}""")]
    [InlineData("/v1/messages", """{"model":"echo","max_tokens":9,"messages":[{"content":"one two three"}]}""")]
    [InlineData("/v1beta/models/echo:generateContent", """{"contents":[{"parts":[{"text":"one two three"}]}]}""")]
    public async Task It_says_what_it_was_told_in_every_dialect_and_counts_it(string path, string ask)
    {
        await using var server = await GatewayServer.StartAsync();
        var said = await server.PostAsync(path, ask);
        Assert.Contains("one two three", said.Body, StringComparison.Ordinal);
        Assert.Equal(said.Body, (await server.PostAsync(path, ask)).Body);
        var stream = path.Contains(":generate", StringComparison.Ordinal)
            ? await server.PostAsync("/v1beta/models/echo:streamGenerateContent?alt=sse", ask)
            : await server.PostAsync(path, "{\"stream\":true," + ask[1..]);
        Assert.Contains(" three", stream.Body, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat(CreditAmount.FromCredits(9), 3), await server.CapturesAsync());
    }

    [Fact]
    public async Task It_embeds_and_counts()
    {
        await using var server = await GatewayServer.StartAsync();
        var said = await server.PostAsync("/v1/embeddings", """{"model":"echo","input":["a b","c"]}""");
        Assert.Equal(2, said.Json["data"]!.AsArray().Count);
        Assert.Equal("3.000000", said.Headers["Tally-Cost"]);
        const string Ask = """{"model":"echo","messages":[{"content":"a b"}]}""";
        var count = await server.PostAsync("/v1/messages/count_tokens", Ask);
        Assert.Equal("""{"input_tokens":2}""", count.Body);
    }

    [Fact]
    public async Task It_fails_breaks_and_takes_its_time_on_request()
    {
        await using var server = await GatewayServer.StartAsync();
        Assert.Equal(502, (await AskAsync("echo: fail=503")).Status);
        Assert.Equal(429, (await AskAsync("echo: fail=429")).Status);
        Assert.Empty(await server.CapturesAsync());
        var started = Stopwatch.GetTimestamp();
        var said = await AskAsync("echo: tokens=5 wait_ms=100 delay_ms=20");
        Assert.Equal("word1 word2 word3 word4 word5", (string?)said.Json["choices"]![0]!["message"]!["content"]);
        // 200 ms, less what six timers may be early.
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(150));
        Assert.Equal(502, (await AskAsync("echo: tokens=9 break=3")).Status);
        var unknown = await AskAsync("echo: tokens=9 usage=none");
        Assert.Equal("true", unknown.Headers["Tally-Estimated"]);
        Assert.Equal("length", (string?)(await AskAsync("a b c", 2)).Json["choices"]![0]!["finish_reason"]);

        Task<GatewayServer.Said> AskAsync(string text, int max = 100) => server.PostAsync(
            "/v1/chat/completions",
            $$"""{"model":"echo","max_tokens":{{max}},"messages":[{"role":"user","content":"{{text}}"}]}""");
    }
}
