using Microsoft.AspNetCore.Http;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Calls in no provider's dialect, at once and in the background.</summary>
public sealed class GenerationTests
{
    private const string Ask = """{"model":"gpt-5","prompt":"Hi","max_tokens":10}""";
    private const string AskAsync = """{"model":"gpt-5","prompt":"Hi","max_tokens":10,"async":true}""";
    private static readonly (string, string) Key = ("Idempotency-Key", "key-1");

    [Fact]
    public async Task A_generation_is_charged_after_it_succeeded_and_answers_the_same_again()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var said = await server.PostAsync("/api/v1/generate", Ask, Key);
        Assert.Equal((201, "completed"), (said.Status, (string?)said.Json["status"]));
        Assert.Equal("Hello", (string?)said.Json["text"]);
        Assert.Equal("13.000000", (string?)said.Json["credits_charged"]);
        Assert.Equal((7, 3), ((int)said.Json["input_tokens"]!, (int)said.Json["output_tokens"]!));
        Assert.Equal("999987.000000", (string?)said.Json["balance_after"]);
        var again = await server.PostAsync("/api/v1/generate", Ask, Key);
        Assert.Equal((201, said.Body, "true"), (again.Status, again.Body, again.Headers["Idempotent-Replayed"]));
        Assert.Equal(said.Body, (await server.GetAsync($"/api/v1/generations/{said.Json["id"]}")).Body);
        Assert.Single(server.Upstream.Requests);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    [Theory]
    [InlineData(
        "anthropic/claude",
        """{"content":[{"text":"He"},{"text":"llo"}],"usage":{"input_tokens":7,"output_tokens":3}}""",
        "/anthropic/messages")]
    [InlineData(
        "gemini/gemini-3",
        """
        {"candidates":[{"content":{"parts":[{"text":"Hello"}]}}],
         "usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":3}}
        """,
        "/gemini/models/gemini-3:generateContent")]
    public async Task The_upstream_is_spoken_to_in_its_own_dialect(string model, string answer, string path)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, answer);
        var body = $$"""
            {"model":"{{model}}","system":"Be brief.","max_tokens":9,
             "messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},
                         {"role":"user","content":"c"}]}
            """;
        var said = await server.PostAsync("/api/v1/generate", body, Key);
        Assert.Equal(("Hello", "13.000000"), ((string?)said.Json["text"], (string?)said.Json["credits_charged"]));
        var seen = server.Upstream.Requests.Single();
        Assert.Equal(path, seen.Path);
        Assert.Contains("Be brief.", seen.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_generation_costs_nothing_and_may_be_tried_again_with_its_key()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(500, "{}");
        var said = await server.PostAsync("/api/v1/generate", Ask, Key);
        Assert.Equal((502, "upstream_error"), (said.Status, (string?)said.Json["code"]));
        server.Upstream.Says(200, Spoken.Answer);
        Assert.Equal(201, (await server.PostAsync("/api/v1/generate", Ask, Key)).Status);
        Assert.Single(await server.CapturesAsync());
    }

    [Fact]
    public async Task One_in_the_background_answers_at_once_and_can_be_asked_for()
    {
        await using var server = await GatewayServer.StartAsync();
        var go = new TaskCompletionSource();
        server.Upstream.Script = async context =>
        {
            await go.Task;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Spoken.Answer);
        };
        var said = await server.PostAsync("/api/v1/generations", AskAsync, Key);
        Assert.Equal((201, "running"), (said.Status, (string?)said.Json["status"]));
        var path = $"/api/v1/generations/{said.Json["id"]}";
        Assert.Equal("running", (string?)(await server.GetAsync(path)).Json["status"]);
        go.SetResult();
        await server.SettledAsync();
        var done = await server.GetAsync(path);
        Assert.Equal(("completed", "Hello"), ((string?)done.Json["status"], (string?)done.Json["text"]));
        Assert.Equal(409, (await server.PostAsync(path + "/cancel", "")).Status);
    }

    [Fact]
    public async Task One_in_the_background_can_be_cancelled_and_then_cost_nothing()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Script = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var said = await server.PostAsync("/api/v1/generations", AskAsync, Key);
        var path = $"/api/v1/generations/{said.Json["id"]}";
        Assert.Equal(200, (await server.PostAsync(path + "/cancel", "")).Status);
        Assert.Equal(CreditAmount.FromCredits(1_000_000), (await server.SettledAsync()).Available);
        Assert.Equal("canceled", (string?)(await server.GetAsync(path)).Json["status"]);
        Assert.Equal(200, (await server.PostAsync(path + "/cancel", "")).Status);
    }

    [Fact]
    public async Task Another_accounts_generation_is_not_found()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var id = (await server.PostAsync("/api/v1/generate", Ask, Key)).Json["id"];
        await server.OpenAsync("other", 10);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", GatewayServer.KeyPrefix + "other");
        Assert.Equal(404, (await server.GetAsync($"/api/v1/generations/{id}")).Status);
        Assert.Equal(404, (await server.PostAsync($"/api/v1/generations/{id}/cancel", "")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/generations/gen_0")).Status);
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "prompt")]
    [InlineData("""{"model":"m","prompt":"x","messages":[{"role":"user","content":"y"}]}""", "prompt")]
    [InlineData("""{"model":"m","messages":[{"role":"system","content":"y"}]}""", "messages")]
    [InlineData("""{"model":"m","prompt":"x","max_tokens":0}""", "max_tokens")]
    [InlineData("""{"model":"m","prompt":"x","cost":0}""", "cost")]
    [InlineData("""{"model":"m","prompt":"x","async":true}""", "async")]
    [InlineData("[]", "body")]
    public async Task What_is_malformed_is_refused_by_name(string body, string name)
    {
        await using var server = await GatewayServer.StartAsync();
        var said = await server.PostAsync("/api/v1/generate", body, Key);
        Assert.Equal((400, "invalid_request"), (said.Status, (string?)said.Json["code"]));
        Assert.Equal([name], said.Json["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task A_generation_needs_a_key()
    {
        await using var server = await GatewayServer.StartAsync();
        Assert.Equal(400, (await server.PostAsync("/api/v1/generate", Ask)).Status);
        Assert.Equal(400, (await server.PostAsync("/api/v1/generations", Ask)).Status);
    }
}
