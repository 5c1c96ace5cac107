using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Xunit;

namespace Tallystick.Gateway.Tests.Sdks;

/// <summary>
/// The official SDK of NuGet, <c>Anthropic</c>: the base address and the key are all that is changed.
/// </summary>
public sealed class AnthropicSdkTests
{
    private const string Text = "one two three";

    [Fact]
    public async Task A_message_comes_whole_and_in_a_stream()
    {
        await using var server = await Provider.ServeAsync();
        using var client = Client(server);
        var answer = await client.Messages.Create(Asked("echo", Text));
        Assert.Equal((Text, 3), (TextOf(answer), answer.Usage.OutputTokens));
        var told = "";
        await foreach (var part in client.Messages.CreateStreaming(Asked("echo", Text)))
            if (part.TryPickContentBlockDelta(out var piece) && piece.Delta.TryPickText(out var text))
                told += text.Text;
        Assert.Equal(Text, told);
        Assert.Equal(2, (await server.CapturesAsync()).Count);
    }

    [Fact]
    public async Task A_tool_is_called_and_its_result_answered()
    {
        await using var server = await Provider.ServeAsync();
        using var client = Client(server);
        var weather = new Tool { Name = "weather", InputSchema = new() };
        var asked = Asked("claude", Text) with { Tools = [weather] };
        var first = await client.Messages.Create(asked);
        Assert.True(first.Content[0].TryPickToolUse(out var use));
        Assert.Equal(("weather", "Oslo"), (use!.Name, use.Input["city"].GetString()));
        var result = new ToolResultBlockParam { ToolUseID = use.ID, Content = "12" };
        var used = new ToolUseBlockParam { ID = use.ID, Name = use.Name, Input = use.Input };
        var answer = await client.Messages.Create(asked with
        {
            Messages =
            [
                .. asked.Messages,
                new AssistantMessageParam { Content = new List<ContentBlockParam> { used } },
                new UserMessageParam { Content = new List<ContentBlockParam> { result } },
            ],
        });
        Assert.Equal("Twelve degrees.", TextOf(answer));
    }

    [Fact]
    public async Task Tokens_are_counted_and_models_listed()
    {
        await using var server = await Provider.ServeAsync();
        using var client = Client(server);
        var count = await client.Messages.CountTokens(
            new() { Model = "echo", Messages = [new UserMessageParam(Text)] });
        Assert.Equal(3, count.InputTokens);
        var models = await client.Models.List();
        Assert.Contains("echo", models.Items.Select(model => model.ID));
    }

    [Fact]
    public async Task What_is_refused_or_fails_is_the_exception_that_its_users_catch()
    {
        await using var server = await Provider.ServeAsync();
        using var client = Client(server);
        await FailsAsync<AnthropicNotFoundException>(Asked("nowhere/x", Text), "not_found");
        await FailsAsync<AnthropicBadRequestException>(Asked("echo", Text) with { MaxTokens = 0 }, "invalid_request");
        await FailsAsync<AnthropicPaymentRequiredException>(
            Asked("echo", Text) with { MaxTokens = 99_000_000 }, "insufficient_credits");
        await FailsAsync<AnthropicRateLimitException>(Asked("echo", "echo: fail=429"), "rate_limited");
        await FailsAsync<Anthropic5xxException>(Asked("echo", "echo: fail=529"), "upstream_error");
        using var stranger = Client(server, key: "wrong");
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => stranger.Messages.Create(Asked("echo", Text)));
        Assert.Empty(await server.CapturesAsync());

        async Task FailsAsync<T>(MessageCreateParams asked, string code)
            where T : AnthropicApiException
        {
            var fault = await Assert.ThrowsAnyAsync<T>(() => client.Messages.Create(asked));
            using var body = JsonDocument.Parse(fault.ResponseBody);
            Assert.Equal(code, body.RootElement.GetProperty("error").GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_an_exception_and_not_an_end()
    {
        await using var server = await Provider.ServeAsync();
        using var client = Client(server);
        var parts = 0;
        await Assert.ThrowsAnyAsync<AnthropicException>(async () =>
        {
            await foreach (var _ in client.Messages.CreateStreaming(Asked("echo", "echo: tokens=9 break=3"))) parts++;
        });
        Assert.Equal(5, parts);
    }

    private static AnthropicClient Client(GatewayServer server, string key = GatewayServer.HolderKey) => new()
    {
        BaseUrl = server.Http.BaseAddress!.ToString(), ApiKey = key, MaxRetries = 0,
    };

    private static MessageCreateParams Asked(string model, string text) =>
        new() { Model = model, MaxTokens = 99, Messages = [new UserMessageParam(text)] };

    private static string TextOf(Message message) =>
        message.Content[0].TryPickText(out var text) ? text.Text : $"{message.Content[0]}";
}
