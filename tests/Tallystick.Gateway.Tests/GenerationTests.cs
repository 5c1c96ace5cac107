using System.Text.Json.Nodes;
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

    [Theory]
    [InlineData("gpt-5", """{"choices":[],USAGE}""", null)]
    [InlineData("gpt-5", """{"choices":[{"message":{"content":null}}],USAGE}""", null)]
    [InlineData("gpt-5", """{"choices":[{"message":{"content":7}}],USAGE}""", null)]
    [InlineData("gpt-5", """{"choices":[{"message":{"content":"\ud800"}}],USAGE}""", null)]
    [InlineData("gpt-5", """{"choices":[{"message":{"content":"a"}}] x,USAGE}""", null)]
    [InlineData("gpt-5", """["choices",{USAGE}]""", null)]
    [InlineData("gpt-5", """
        {"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]},
         {"type":"text","text":"He"},{"type":"text","text":"llo"}]}}],USAGE}
        """, "Hello")]
    [InlineData("gemini/m", """{"candidates":[],USAGE}""", null)]
    [InlineData("anthropic/m", """{"content":[],USAGE}""", "")]
    public async Task Whatever_an_answer_holds_it_is_charged_once_and_its_text_is_what_it_has(
        string model, string answer, string? text)
    {
        await using var server = await GatewayServer.StartAsync();
        const string Usage = """
            "usage":{"prompt_tokens":7,"completion_tokens":3,"input_tokens":7,"output_tokens":3},
            "usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":3}
            """;
        server.Upstream.Says(200, answer.Replace("USAGE", Usage, StringComparison.Ordinal));
        var ask = Ask.Replace("gpt-5", model, StringComparison.Ordinal);
        var said = await server.PostAsync("/api/v1/generate", ask, Key);
        Assert.Equal((201, text), (said.Status, (string?)said.Json["text"]));
        Assert.Equal(said.Body, (await server.PostAsync("/api/v1/generate", ask, Key)).Body);
        Assert.Equal([CreditAmount.FromCredits(13)], await server.CapturesAsync());
    }

    [Fact]
    public async Task A_stream_that_nobody_asked_for_is_no_answer_and_costs_nothing()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Streams(Spoken.Stream);
        var said = await server.PostAsync("/api/v1/generate", Ask, Key);
        Assert.Equal((502, "upstream_error"), (said.Status, (string?)said.Json["code"]));
        Assert.Equal(CreditAmount.FromCredits(1_000_000), (await server.SettledAsync()).Available);
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public async Task Its_bound_goes_up_under_the_name_that_the_upstream_takes_G2(string field)
    {
        await using var server = await GatewayServer.StartAsync(options: $$"""{"max_tokens_field":"{{field}}"}""");
        server.Upstream.Says(200, Spoken.Answer);
        Assert.Equal(201, (await server.PostAsync("/api/v1/generate", Ask, Key)).Status);
        var sent = JsonNode.Parse(server.Upstream.Requests.Single().Body)!.AsObject();
        Assert.Equal(["model", "messages", field], sent.Select(member => member.Key));
        Assert.Equal(10, (int)sent[field]!);
    }

    [Theory]
    [InlineData("/api/v1/generate")]
    [InlineData("/api/v1/generations")]
    [InlineData("/v1/chat/completions")]
    public async Task What_a_key_has_come_to_is_answered_whatever_became_of_its_licence_its_account_and_its_model_D3(
        string path)
    {
        await using var server = await GatewayServer.StartAsync(
            prices: [GatewayServer.Price("openai", "gpt-5", ("input", 1), ("output", 2))]);
        await server.OpenAsync("other", 1_000_000);
        server.Upstream.Says(200, Spoken.Answer);
        var ask = path.StartsWith("/api", StringComparison.Ordinal) ? Ask : Spoken.Ask;
        var (key, license) = await server.LicenseAsync();
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var first = await server.PostAsync(path, ask, Key);
        Assert.InRange(first.Status, 200, 201);
        await server.PutUpstreamAsync("openai", "openai", """{"enabled":false}""");
        await SameAsync();
        Assert.Equal(404, (await server.PostAsync(path, ask, ("Idempotency-Key", "key-2"))).Status);
        await server.PutUpstreamAsync("openai", "openai");
        await server.MoveAsync(license, "other");
        await SameAsync();
        Assert.Equal(first.Status, (await server.PostAsync(path, ask, ("Idempotency-Key", "key-3"))).Status);
        Assert.Single(await server.CapturesAsync("other"));
        await server.DeactivateAsync(license, "other");
        await SameAsync();
        Assert.Equal(403, (await server.PostAsync(path, ask, ("Idempotency-Key", "key-4"))).Status);
        Assert.Equal(403, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        Assert.Equal((1, 2), ((await server.CapturesAsync()).Count, server.Upstream.Requests.Count));

        async Task SameAsync()
        {
            var again = await server.PostAsync(path, ask, Key);
            Assert.Equal((first.Status, first.Body), (again.Status, again.Body));
            Assert.Equal("true", again.Headers["Idempotent-Replayed"]);
        }
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
