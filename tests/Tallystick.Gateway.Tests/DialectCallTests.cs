using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Each dialect from end to end, at 1 credit a token in and 2 a token out.</summary>
public sealed class DialectCallTests
{
    [Theory]
    [InlineData(
        "/v1/completions", """{"model":"m","prompt":"Hi"}""", "openai/completions",
        """{"choices":[{"text":"a"}],"usage":{"prompt_tokens":2,"completion_tokens":3}}""", 8)]
    [InlineData(
        "/v1/responses", """{"model":"m","input":"Hi"}""", "openai/responses",
        """{"output":[],"usage":{"input_tokens":2,"output_tokens":3,"total_tokens":5}}""", 8)]
    [InlineData(
        "/v1/embeddings", """{"model":"m","input":"Hi"}""", "openai/embeddings",
        """{"data":[],"usage":{"prompt_tokens":2,"total_tokens":2}}""", 2)]
    [InlineData(
        "/v1/messages", """{"model":"m","max_tokens":5,"messages":[]}""", "anthropic/messages",
        """{"content":[],"usage":{"input_tokens":2,"cache_read_input_tokens":4,"output_tokens":3}}""", 12)]
    [InlineData(
        "/v1beta/models/m:generateContent", """{"contents":[]}""", "gemini/models/m:generateContent",
        """{"usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":1,"thoughtsTokenCount":2}}""", 8)]
    [InlineData(
        "/v1/images/generations", """{"model":"m","prompt":"x"}""", "openai/images/generations",
        """{"data":[{}],"usage":{"input_tokens":2,"output_tokens":3}}""", 8)]
    public async Task A_call_is_charged_by_what_its_provider_says(
        string path, string ask, string upstream, string answer, long credits)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, answer);
        var said = await server.PostAsync(path, ask);
        Assert.Equal((200, answer), (said.Status, said.Body));
        Assert.Equal("/" + upstream, server.Upstream.Requests.Single().Path);
        Assert.Equal([CreditAmount.FromCredits(credits)], await server.CapturesAsync());
        Assert.False((bool)GatewayServer.Metadata((await server.EntriesAsync())[^1])["estimated"]!);
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens", """{"model":"m","messages":[]}""", """{"input_tokens":7}""")]
    [InlineData("/v1beta/models/m:countTokens", """{"contents":[]}""", """{"totalTokens":7}""")]
    public async Task Counting_costs_nothing_and_holds_nothing(string path, string ask, string answer)
    {
        await using var server = await GatewayServer.StartAsync(credits: 0);
        server.Upstream.Says(200, answer);
        Assert.Equal(answer, (await server.PostAsync(path, ask)).Body);
        Assert.Equal(1, (await server.StateAsync()).Sequence);
        await server.SuspendAsync();
        Assert.Equal(403, (await server.PostAsync(path, ask)).Status);
    }

    [Fact]
    public async Task A_count_that_comes_to_nothing_is_an_error_of_the_provider_and_never_of_ours_G6()
    {
        await using var server = await GatewayServer.StartAsync(options: """{"timeouts":{"idle_seconds":1}}""");
        const string Path = "/v1/messages/count_tokens", Ask = """{"model":"m","messages":[]}""";
        (Func<HttpContext, Task> Run, int Status)[] cases =
        [
            (Behaviour.Body("application/json", """{"input_to""", null), 502),
            (Behaviour.Body("application/json", """{"input_to"""), 502),
            (Behaviour.Body("text/html", "<html>busy</html>"), 502),
            (async context =>
            {
                await Behaviour.Body("application/json", "{")(context);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }, 504),
        ];
        foreach (var (run, status) in cases)
        {
            server.Upstream.Script = run;
            var said = await server.PostAsync(Path, Ask);
            Assert.Equal((status, "error"), (said.Status, (string?)said.Json["type"]));
        }
        server.Upstream.Script = context =>
        {
            context.Response.Headers.RetryAfter = "7";
            return Behaviour.Status(429)(context);
        };
        var limited = await server.PostAsync(Path, Ask);
        Assert.Equal((429, "7"), (limited.Status, limited.Headers["Retry-After"]));
    }

    [Theory]
    [InlineData("/v1/embeddings", """{"model":"m","input":"Hi"}""", """{"data":[{"embedding":[0.5]}]}""", 7)]
    [InlineData("/v1/chat/completions", Spoken.Ask, """{"choices":[{"message":{"refusal":"No, sorry."}}]}""", 26)]
    [InlineData(
        "/v1/chat/completions", Spoken.Ask,
        """{"choices":[{"message":{"content":null,"function_call":{"name":"f","arguments":"{\"a\": 1}"}}}]}""", 26)]
    public async Task What_its_provider_tells_no_usage_of_is_given_and_charged_by_the_estimate_G4(
        string path, string ask, string answer, long credits)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, answer);
        var said = await server.PostAsync(path, ask);
        Assert.Equal((200, answer), (said.Status, said.Body));
        Assert.Equal($"{credits}.000000", said.Headers["Tally-Cost"]);
        Assert.True(said.Headers.ContainsKey("Tally-Estimated"));
    }

    [Fact]
    public async Task An_image_without_usage_is_paid_by_the_image()
    {
        await using var server = await GatewayServer.StartAsync(
            prices: [GatewayServer.Price("openai", "dall-e", ("images", 40))]);
        server.Upstream.Says(200, """{"data":[{"b64_json":"A"},{"b64_json":"B"}]}""");
        var said = await server.PostAsync("/v1/images/generations", """{"model":"dall-e","prompt":"x","n":3}""");
        Assert.Equal("80.000000", said.Headers["Tally-Cost"]);
        Assert.False(said.Headers.ContainsKey("Tally-Estimated"));
    }

    [Fact]
    public async Task Speech_is_paid_by_its_characters_and_passes_as_it_is()
    {
        await using var server = await GatewayServer.StartAsync(
            prices: [GatewayServer.Price("openai", "tts", ("characters", 3))]);
        server.Upstream.Says(200, "sound", "audio/mpeg");
        var said = await server.PostAsync("/v1/audio/speech", """{"model":"tts","voice":"v","input":"Hello"}""");
        Assert.Equal((200, "sound"), (said.Status, said.Body));
        Assert.Equal([CreditAmount.FromCredits(15)], await server.CapturesAsync());
    }

    [Fact]
    public async Task A_transcription_is_paid_by_the_second()
    {
        await using var server = await GatewayServer.StartAsync(
            prices: [GatewayServer.Price("openai", "whisper", ("seconds", 2))]);
        server.Upstream.Says(200, """{"text":"hi","usage":{"type":"duration","seconds":37}}""");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[100_000]), "file", "a.mp3" }, { new StringContent("whisper"), "model" },
        };
        using var response = await server.Http.PostAsync("/v1/audio/transcriptions", form);
        Assert.Equal("74.000000", response.Headers.GetValues("Tally-Cost").SingleOrDefault() ?? "none");
        Assert.Equal("/openai/audio/transcriptions", server.Upstream.Requests.Single().Path);
    }

    [Fact]
    public async Task A_list_that_Gemini_streams_is_metered_as_it_passes()
    {
        await using var server = await GatewayServer.StartAsync();
        string[] pieces =
        [
            """[{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":2}}""",
            """,{"usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":3}}]""",
        ];
        server.Upstream.Script = async context =>
        {
            context.Response.ContentType = "application/json";
            foreach (var piece in pieces) await context.Response.WriteAsync(piece);
        };
        var said = await server.PostAsync("/v1beta/models/m:streamGenerateContent", """{"contents":[]}""");
        Assert.Equal(string.Concat(pieces), said.Body);
        Assert.Equal([CreditAmount.FromCredits(8)], await server.CapturesAsync());
        Assert.EndsWith(":streamGenerateContent", server.Upstream.Requests.Single().Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_models_in_one_answer_are_one_charge_each_at_its_own_price_G14()
    {
        await using var server = await GatewayServer.StartAsync(prices:
        [
            GatewayServer.Price("anthropic", "small", ("input", 1), ("output", 2)),
            GatewayServer.Price("anthropic", "large", ("input", 10), ("output", 20)),
        ]);
        server.Upstream.Says(200, """
            {"content":[{"text":"x"}],"usage":{"input_tokens":1,"output_tokens":1,"iterations":[
              {"input_tokens":2,"output_tokens":3,"type":"message"},
              {"input_tokens":4,"output_tokens":5,"type":"advisor_message","model":"large"},
              {"input_tokens":1,"output_tokens":1,"type":"message"}]}}
            """);
        var said = await server.PostAsync("/v1/messages", """{"model":"small","max_tokens":99,"messages":[]}""");
        Assert.Equal($"{2 + 6 + 40 + 100 + 1 + 2}.000000", said.Headers["Tally-Cost"]);
        var parts = GatewayServer.Metadata((await server.EntriesAsync())[^1])["parts"]!.AsArray();
        Assert.Equal(["small", "large", "small"], parts.Select(part => (string?)part!["model"]));
    }

    /// <summary>Anthropic, "Data residency": inference kept in the US costs 1.1 times as much.</summary>
    [Theory]
    [InlineData("us", "8.800000")]
    [InlineData("global", "8.000000")]
    [InlineData("not_available", "8.000000")]
    public async Task Where_an_answer_was_made_is_part_of_its_price_G14(string region, string cost)
    {
        var price = GatewayServer.Price("anthropic", "m", ("input", 1), ("output", 2));
        await using var server = await GatewayServer.StartAsync(
            prices: [price with { Regions = [new("us", ExactDecimal.From(11).ShiftRight(1))] }]);
        server.Upstream.Says(200, $$"""
            {"content":[{"text":"x"}],"usage":{"input_tokens":2,"output_tokens":3,"inference_geo":"{{region}}"} }
            """);
        var said = await server.PostAsync("/v1/messages", """{"model":"m","max_tokens":99,"messages":[]}""");
        Assert.Equal(cost, said.Headers["Tally-Cost"]);
    }

    [Theory]
    [InlineData("""[{"modality":"TEXT","tokenCount":1024}]""", 976 * 3 + 1_024 + 1_000 * 10 + 50 * 2, false)]
    [InlineData("null", 3_000 * 3 + 50 * 2, true)]
    public async Task Tokens_that_cannot_be_divided_are_charged_whole_and_marked_G14(
        string cached, long credits, bool isEstimated)
    {
        await using var server = await GatewayServer.StartAsync(prices:
        [
            GatewayServer.Price(
                "gemini", "m", ("input", 3), ("cache_read", 1), ("input_audio", 10), ("cache_read_audio", 4),
                ("output", 2)),
        ]);
        server.Upstream.Says(200, $$$"""
            {"candidates":[{"content":{"parts":[{"text":"x"}]}}],
             "usageMetadata":{"promptTokenCount":3000,"cachedContentTokenCount":1024,"candidatesTokenCount":50,
             "promptTokensDetails":[{"modality":"TEXT","tokenCount":2000},{"modality":"AUDIO","tokenCount":1000}],
             "cacheTokensDetails":{{{cached}}}}}
            """);
        var said = await server.PostAsync("/v1beta/models/m:generateContent", """{"contents":[]}""");
        Assert.Equal($"{credits}.000000", said.Headers["Tally-Cost"]);
        Assert.Equal(isEstimated, said.Headers.ContainsKey("Tally-Estimated"));
        Assert.Equal([CreditAmount.FromCredits(credits)], await server.CapturesAsync());
    }

    [Theory]
    [InlineData(true, 40)]
    [InlineData(false, 30)]
    public async Task Tokens_without_a_plain_rate_are_charged_as_the_dearest_that_they_can_be_G14(
        bool mayBeAudio, long rate)
    {
        await using var server = await GatewayServer.StartAsync(prices:
        [
            GatewayServer.Price("openai", "m", ("input", 1), ("output_text", 30), ("output_audio", 40)),
        ]);
        server.Upstream.Says(200, Spoken.Answer);
        var ask = Spoken.Ask.Replace("gpt-5", "m", StringComparison.Ordinal);
        if (mayBeAudio) ask = """{"modalities":["text","audio"],""" + ask[1..];
        var said = await server.PostAsync("/v1/chat/completions", ask);
        Assert.Equal((200, $"{7 + (3 * rate)}.000000"), (said.Status, said.Headers["Tally-Cost"]));
        Assert.True(said.Headers.ContainsKey("Tally-Estimated"));
    }

    [Fact]
    public async Task An_image_is_charged_at_the_rate_of_images_where_its_provider_tells_only_of_output()
    {
        await using var server = await GatewayServer.StartAsync(
            prices: [GatewayServer.Price("openai", "m", ("input", 1), ("output_image", 4))]);
        server.Upstream.Says(200, """{"data":[{"b64_json":"A"}],"usage":{"input_tokens":2,"output_tokens":3}}""");
        var said = await server.PostAsync("/v1/images/generations", """{"model":"m","prompt":"x"}""");
        Assert.Equal((200, "14.000000"), (said.Status, said.Headers["Tally-Cost"]));
    }

    [Fact]
    public async Task What_the_price_does_not_know_is_named_and_not_charged_G14()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, """
            {"content":[{"text":"x"}],
             "usage":{"input_tokens":2,"output_tokens":3,"server_tool_use":{"web_search_requests":2}}}
            """);
        var said = await server.PostAsync("/v1/messages", """{"model":"m","max_tokens":5,"messages":[]}""");
        Assert.Equal("8.000000", said.Headers["Tally-Cost"]);
        var record = GatewayServer.Metadata((await server.EntriesAsync())[^1]);
        Assert.Equal(["web_searches"], record["unpriced"]!.AsArray().Select(unit => (string?)unit));
    }
}
