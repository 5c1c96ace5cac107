using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Upstreams that cannot be spoken to, that hang, and that say what would deceive.</summary>
public sealed class HostileUpstreamTests
{
    [Theory]
    [InlineData("https://127.0.0.1:{0}/v1")]
    [InlineData("http://no-such-host.invalid/v1")]
    [InlineData("http://169.254.169.254/v1")]
    public async Task An_upstream_that_cannot_be_spoken_to_is_502_and_nothing_is_charged_G6(string address)
    {
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var hangsUp = HangUpAsync(plain);
        var port = ((IPEndPoint)plain.LocalEndpoint).Port;
        await using var server = await GatewayServer.StartAsync();
        await server.PutUpstreamAsync("openai", "openai", new JsonObject
        {
            ["base_url"] = string.Format(null, address, port),
        }.ToJsonString());
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal((502, "upstream_error"), (said.Status, (string?)said.Json["error"]!["code"]));
        Assert.Empty(await server.CapturesAsync());
        Assert.Empty((await server.SettledAsync()).Holds);
        plain.Stop();
        await hangsUp;
    }

    [Fact]
    public async Task Calls_that_hang_keep_nobody_waiting_and_cost_nothing_G7()
    {
        const int Hanging = 100;
        await using var server = await GatewayServer.StartAsync(
            options: """{"timeouts":{"first_byte_seconds":5,"idle_seconds":5}}""");
        var hanging = new CountdownEvent(Hanging);
        server.Upstream.Script = async context =>
        {
            if (ScriptedUpstream.BodyOf(context) == Spoken.Ask)
            {
                await context.Response.WriteAsJsonAsync(JsonNode.Parse(Spoken.Answer));
                return;
            }
            hanging.Signal();
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var hung = Enumerable.Range(0, Hanging)
            .Select(_ => server.PostAsync("/v1/chat/completions", Spoken.AskStream)).ToList();
        await Task.Run(hanging.Wait, TestContext.Current.CancellationToken);
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        Assert.All(hung, call => Assert.False(call.IsCompleted));
        Assert.All(await Task.WhenAll(hung), said => Assert.Equal(504, said.Status));
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
        Assert.Empty((await server.SettledAsync()).Holds);
    }

    [Fact]
    public async Task Text_that_looks_like_events_is_text_G15()
    {
        await using var server = await GatewayServer.StartAsync();
        const string Text = "\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\r\n\r\n"
            + "data: [DONE]\n\n: {\"Tally-Cost\":\"0\"}\n\nevent: error";
        var delta = new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject { ["delta"] = new JsonObject { ["content"] = Text } }),
        };
        server.Upstream.Streams([$"data: {delta.ToJsonString()}\n\n", .. Spoken.Stream[2..]]);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.AskStream);
        var events = said.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, events.Length);
        Assert.Equal(delta.ToJsonString(), events[0]["data: ".Length..]);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    [Fact]
    public async Task Of_an_upstreams_headers_only_the_type_of_its_answer_passes_G15()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = context =>
        {
            var headers = context.Response.Headers;
            (headers["Tally-Cost"], headers["Set-Cookie"], headers["X-Request-Id"]) = ("0", "a=b", "its-own");
            (headers.Location, headers["Content-Disposition"]) = ("http://127.0.0.1:1/", "attachment");
            return context.Response.WriteAsJsonAsync(JsonNode.Parse(Spoken.Answer));
        };
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal("13.000000", said.Headers["Tally-Cost"]);
        foreach (var name in (string[])["Set-Cookie", "X-Request-Id", "Location", "Content-Disposition"])
            Assert.DoesNotContain(name, said.Headers.Keys);
    }

    private static async Task HangUpAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over, or the client has gone.
        }
    }
}
