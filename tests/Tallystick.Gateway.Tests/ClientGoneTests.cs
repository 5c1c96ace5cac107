using System.Text;
using Microsoft.AspNetCore.Http;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Clients that go away: the call is settled all the same.</summary>
public sealed class ClientGoneTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_is_charged_by_what_its_provider_says_in_the_end_G5()
    {
        await using var server = await GatewayServer.StartAsync();
        var left = new TaskCompletionSource();
        server.Upstream.Script = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await SendAsync(context, Spoken.Stream[0]);
            await left.Task;
            foreach (var piece in Spoken.Stream[1..]) await SendAsync(context, piece);
        };
        await LeaveAfterFirstByteAsync(server, left);
        await server.SettledAsync();
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
        var record = GatewayServer.Metadata((await server.EntriesAsync())[^1]);
        Assert.Equal(("Complete", false), ((string?)record["end"], (bool)record["estimated"]!));
    }

    [Fact]
    public async Task When_the_rest_does_not_come_in_time_the_estimate_is_charged_and_marked_G5()
    {
        await using var server = await GatewayServer.StartAsync(options: """{"timeouts":{"drain_seconds":1}}""");
        var left = new TaskCompletionSource();
        server.Upstream.Script = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await SendAsync(context, "data: {\"choices\":[{\"delta\":{\"content\":\"twelve chars\"}}]}\n\n");
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await LeaveAfterFirstByteAsync(server, left);
        await server.SettledAsync();
        // A token for four bytes: the whole request, and the twelve that came.
        Assert.Equal(
            [CreditAmount.FromCredits(((Spoken.AskStream.Length + 3) / 4) + (2 * 3))], await server.CapturesAsync());
        var record = GatewayServer.Metadata((await server.EntriesAsync())[^1]);
        Assert.Equal(("Abandoned", true), ((string?)record["end"], (bool)record["estimated"]!));
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_answer_began_is_charged_if_it_comes_G5()
    {
        await using var server = await GatewayServer.StartAsync();
        var (arrived, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Upstream.Script = async context =>
        {
            arrived.SetResult();
            await left.Task;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Spoken.Answer);
        };
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Spoken.Ask, Encoding.UTF8, "application/json"),
        };
        var sent = server.Http.SendAsync(request, leaving.Token);
        await arrived.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        await server.ClientGone.WaitAsync(Patience);
        left.SetResult();
        await server.SettledAsync();
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_left_and_charged_G5()
    {
        await using var server = await GatewayServer.StartAsync(options: """{"timeouts":{"drain_seconds":2}}""");
        var chunk = $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{new string('x', 100_000)}\"}}}}]}}\n\n";
        server.Upstream.Script = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 200; i++) await SendAsync(context, chunk);
            foreach (var piece in Spoken.Stream[2..]) await SendAsync(context, piece);
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Spoken.AskStream, Encoding.UTF8, "application/json"),
        };
        var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await Task.Delay(300);
        response.Dispose();
        await server.ClientGone.WaitAsync(Patience);
        await server.SettledAsync();
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    private static async Task LeaveAfterFirstByteAsync(GatewayServer server, TaskCompletionSource left)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Spoken.AskStream, Encoding.UTF8, "application/json"),
        };
        using (var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        await using (var stream = await response.Content.ReadAsStreamAsync())
            await stream.ReadExactlyAsync(new byte[10]);
        await server.ClientGone.WaitAsync(Patience);
        left.SetResult();
    }

    private static async Task SendAsync(HttpContext context, string piece)
    {
        await context.Response.WriteAsync(piece);
        await context.Response.Body.FlushAsync();
    }
}
