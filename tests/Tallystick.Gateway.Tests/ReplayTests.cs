using Microsoft.AspNetCore.Http;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Calls with a key: sent again they are answered again, and charged once.</summary>
public sealed class ReplayTests
{
    private static readonly (string, string) Key = ("Idempotency-Key", "key-1");

    [Fact]
    public async Task The_same_call_again_is_answered_the_same_and_charged_once_G9_I30()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var first = await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key);
        var reordered = """{ "messages":[{"content":"Hi","role":"user"}], "max_tokens":10, "model":"gpt-5"}""";
        foreach (var body in (string[])[Spoken.Ask, reordered])
        {
            var again = await server.PostAsync("/v1/chat/completions", body, Key);
            Assert.Equal((first.Status, first.Body), (again.Status, again.Body));
            Assert.Equal("true", again.Headers["Idempotent-Replayed"]);
            Assert.Equal(first.Headers["Tally-Charge-Id"], again.Headers["Tally-Charge-Id"]);
        }
        Assert.Single(server.Upstream.Requests);
        Assert.Single(await server.CapturesAsync());
    }

    [Fact]
    public async Task A_form_again_means_the_same_whatever_its_boundary()
    {
        await using var server = await GatewayServer.StartAsync(
            prices: [GatewayServer.Price("openai", "whisper", ("seconds", 2))]);
        server.Upstream.Says(200, """{"text":"hi","usage":{"type":"duration","seconds":37}}""");
        Assert.Equal((200, false), await SendAsync("one", "sound"));
        Assert.Equal((200, true), await SendAsync("two", "sound"));
        Assert.Equal((422, false), await SendAsync("two", "sounds"));
        Assert.Single(server.Upstream.Requests);

        async Task<(int Status, bool IsReplay)> SendAsync(string boundary, string file)
        {
            using var form = new MultipartFormDataContent(boundary)
            {
                { new StringContent(file), "file", "a.mp3" }, { new StringContent("whisper"), "model" },
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/transcriptions") { Content = form };
            request.Headers.Add(Key.Item1, Key.Item2);
            using var response = await server.Http.SendAsync(request);
            return ((int)response.StatusCode, response.Headers.Contains("Idempotent-Replayed"));
        }
    }

    [Fact]
    public async Task A_stream_is_given_again_as_it_was()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Streams(Spoken.Stream);
        var first = await server.PostAsync("/v1/chat/completions", Spoken.AskStream, Key);
        var again = await server.PostAsync("/v1/chat/completions", Spoken.AskStream, Key);
        Assert.StartsWith(again.Body, first.Body, StringComparison.Ordinal);
        Assert.Contains("[DONE]", again.Body, StringComparison.Ordinal);
        Assert.Single(server.Upstream.Requests);
    }

    [Fact]
    public async Task Another_call_with_the_key_is_refused()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key);
        var other = Spoken.Ask.Replace("Hi", "Ho", StringComparison.Ordinal);
        var said = await server.PostAsync("/v1/chat/completions", other, Key);
        Assert.Equal((422, "idempotency_mismatch"), (said.Status, (string?)said.Json["error"]!["code"]));
        Assert.Single(await server.CapturesAsync());
    }

    [Fact]
    public async Task A_call_that_failed_leaves_its_key_free()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(500, "{}");
        for (var i = 0; i < 3; i++)
            Assert.Equal(502, (await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key)).Status);
        server.Upstream.Says(200, Spoken.Answer);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key);
        Assert.Equal(200, said.Status);
        Assert.Equal(said.Body, (await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key)).Body);
        Assert.Equal(4, server.Upstream.Requests.Count);
        Assert.Single(await server.CapturesAsync());
    }

    [Fact]
    public async Task A_call_that_came_to_nothing_leaves_its_key_free_however_often_and_for_whatever_D2()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(500, "{}");
        for (var i = 0; i < 37; i++)
            Assert.Equal(502, (await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key)).Status);
        var other = Spoken.Ask.Replace("Hi", "Ho", StringComparison.Ordinal);
        server.Upstream.Says(200, Spoken.Answer);
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", other, Key)).Status);
        var again = await server.PostAsync("/v1/chat/completions", other, Key);
        Assert.Equal("true", again.Headers["Idempotent-Replayed"]);
        Assert.Equal(422, (await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key)).Status);
        Assert.Equal(38, server.Upstream.Requests.Count);
        Assert.Single(await server.CapturesAsync());
    }

    [Fact]
    public async Task A_stream_that_broke_off_is_charged_once_and_not_given_again_as_if_it_were_whole()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = Behaviour.Stream(Spoken.Stream[0], null);
        var first = await server.PostAsync("/v1/chat/completions", Spoken.AskStream, Key);
        Assert.Contains("upstream_error", first.Body, StringComparison.Ordinal);
        server.Upstream.Streams(Spoken.Stream);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.AskStream, Key);
        Assert.Equal((409, "conflict"), (said.Status, (string?)said.Json["error"]!["code"]));
        Assert.Single(server.Upstream.Requests);
        Assert.Single(await server.CapturesAsync());
    }

    [Fact]
    public async Task Twins_wait_for_each_other_and_one_goes_upstream_G9()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = async context =>
        {
            await Task.Delay(200);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Spoken.Answer);
        };
        var said = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => server.PostAsync("/v1/chat/completions", Spoken.Ask, Key)));
        Assert.All(said, one => Assert.Equal((200, Spoken.Answer), (one.Status, one.Body)));
        Assert.Single(server.Upstream.Requests);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    [Fact]
    public async Task An_answer_too_long_to_be_kept_is_not_made_again()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer.Replace("Hello", new string('x', 300_000), StringComparison.Ordinal));
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key)).Status);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask, Key);
        Assert.Equal((409, "conflict"), (said.Status, (string?)said.Json["error"]!["code"]));
        Assert.Single(await server.CapturesAsync());
    }

    [Theory]
    [InlineData(5, "with space")]
    [InlineData(300, "")]
    public async Task A_key_that_is_none_is_refused(int length, string text)
    {
        await using var server = await GatewayServer.StartAsync();
        var said = await server.PostAsync(
            "/v1/chat/completions", Spoken.Ask, ("Idempotency-Key", text + new string('x', length)));
        Assert.Equal(400, said.Status);
        Assert.Empty(server.Upstream.Requests);
    }
}
