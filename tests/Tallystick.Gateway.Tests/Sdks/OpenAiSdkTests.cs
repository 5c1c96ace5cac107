using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI;
using OpenAI.Audio;
using OpenAI.Chat;
using OpenAI.Responses;
using Xunit;

namespace Tallystick.Gateway.Tests.Sdks;

/// <summary>The official SDK of NuGet, <c>OpenAI</c>: the base address and the key are all that is changed.</summary>
public sealed class OpenAiSdkTests
{
    private const string Text = "one two three";
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool("weather");

    [Fact]
    public async Task A_chat_comes_whole_and_in_a_stream()
    {
        await using var server = await Provider.ServeAsync();
        var chat = Client(server).GetChatClient("echo");
        var answer = await chat.CompleteChatAsync(Text);
        Assert.Equal((Text, 6), (answer.Value.Content[0].Text, answer.Value.Usage.TotalTokenCount));
        Assert.True(answer.GetRawResponse().Headers.TryGetValue("Tally-Cost", out var cost));
        Assert.Equal("9.000000", cost);
        var told = "";
        await foreach (var part in chat.CompleteChatStreamingAsync(Text))
            told += string.Concat(part.ContentUpdate.Select(content => content.Text));
        Assert.Equal(Text, told);
        Assert.Equal(2, (await server.CapturesAsync()).Count);
    }

    [Fact]
    public async Task A_tool_is_called_and_its_result_answered()
    {
        await using var server = await Provider.ServeAsync();
        var chat = Client(server).GetChatClient("gpt-5");
        var options = new ChatCompletionOptions { Tools = { Weather } };
        var first = (await chat.CompleteChatAsync([new UserChatMessage(Text)], options)).Value;
        var call = Assert.Single(first.ToolCalls);
        Assert.Equal(("weather", """{"city":"Oslo"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        var answer = await chat.CompleteChatAsync(
            [new UserChatMessage(Text), new AssistantChatMessage(first), new ToolChatMessage(call.Id, "12")], options);
        Assert.Equal("Twelve degrees.", answer.Value.Content[0].Text);
        var streamed = "";
        await foreach (var part in chat.CompleteChatStreamingAsync([new UserChatMessage(Text)], options))
            streamed += string.Concat(part.ToolCallUpdates.Select(update => $"{update.FunctionArgumentsUpdate}"));
        Assert.Equal("""{"city":"Oslo"}""", streamed);
    }

    [Fact]
    public async Task A_response_comes_whole_and_in_a_stream()
    {
        await using var server = await Provider.ServeAsync();
        var responses = Client(server).GetResponsesClient();
        var answer = (await responses.CreateResponseAsync("echo", Text)).Value;
        Assert.Equal((Text, 6), (answer.GetOutputText(), answer.Usage.TotalTokenCount));
        var told = "";
        await foreach (var part in await responses.CreateResponseStreamingAsync("echo", Text))
            if (part is StreamingResponseOutputTextDeltaUpdate delta) told += delta.Delta;
        Assert.Equal(Text, told);
    }

    [Fact]
    public async Task Embeddings_images_and_sound_pass()
    {
        await using var server = await Provider.ServeAsync();
        var client = Client(server);
        var vectors = await client.GetEmbeddingClient("echo").GenerateEmbeddingsAsync(["a b", "c"]);
        Assert.Equal([0.125f, 0.25f], vectors.Value[0].ToFloats().ToArray()[..2]);
        Assert.Equal((2, 3), (vectors.Value.Count, vectors.Value.Usage.InputTokenCount));
        var image = await client.GetImageClient("gpt-image-1").GenerateImageAsync("a horse");
        Assert.Equal("horse", image.Value.ImageBytes.ToString());
        var speech = await client.GetAudioClient("tts-1").GenerateSpeechAsync(Text, GeneratedSpeechVoice.Alloy);
        Assert.Equal("sound", speech.Value.ToString());
        using var file = new MemoryStream(new byte[40_000]);
        var heard = await client.GetAudioClient("whisper-1").TranscribeAudioAsync(file, "speech.mp3");
        Assert.Equal("heard", heard.Value.Text);
        var models = await client.GetOpenAIModelClient().GetModelsAsync();
        Assert.Contains("echo", models.Value.Select(model => model.Id));
    }

    [Fact]
    public async Task What_is_refused_or_fails_is_the_exception_that_its_users_catch()
    {
        await using var server = await Provider.ServeAsync();
        await FailsAsync("nowhere/x", Text, 404, "not_found");
        await FailsAsync("echo", Text, 402, "insufficient_credits", new() { MaxOutputTokenCount = 99_000_000 });
        await FailsAsync("echo", "echo: fail=429", 429, "rate_limited");
        await FailsAsync("echo", "echo: fail=500", 502, "upstream_error");
        Assert.Empty(await server.CapturesAsync());

        async Task FailsAsync(
            string model, string text, int status, string code, ChatCompletionOptions? options = null)
        {
            var chat = Client(server).GetChatClient(model);
            var fault = await Assert.ThrowsAsync<ClientResultException>(
                () => chat.CompleteChatAsync([new UserChatMessage(text)], options));
            using var body = JsonDocument.Parse(fault.GetRawResponse()!.Content);
            Assert.Equal(
                (status, code), (fault.Status, body.RootElement.GetProperty("error").GetProperty("code").GetString()));
        }
    }

    private static OpenAIClient Client(GatewayServer server) => new(
        new ApiKeyCredential(GatewayServer.HolderKey),
        new() { Endpoint = new(server.Http.BaseAddress!, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
}
