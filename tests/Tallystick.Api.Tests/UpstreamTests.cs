using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// Upstreams over HTTP: what is filled in, what is refused, and that a key goes in and never comes out.
/// </summary>
public sealed class UpstreamTests
{
    private const string Secret = "sk-canary-0123456789abcdef";

    [Fact]
    public async Task A_well_known_upstream_needs_only_a_key_which_is_never_shown()
    {
        await using var server = await ApiServer.StartAsync(isAdmin: true);
        var (status, body, _) = await server.SendAsync("PUT", "/api/v1/upstreams/openai", $$"""{"key":"{{Secret}}"}""");
        Assert.Equal(200, status);
        Assert.Equal("https://api.openai.com/v1", (string?)body!["base_url"]);
        Assert.Equal("…cdef", (string?)body["key_hint"]);
        Assert.Equal("max_completion_tokens", (string?)body["max_tokens_field"]);
        Assert.True((bool)body["asks_for_usage"]!);
        body = (await server.SendAsync("PUT", "/api/v1/upstreams/mistral", "{}")).Body!;
        Assert.Equal(("max_tokens", false), ((string?)body["max_tokens_field"], (bool)body["asks_for_usage"]!));
        foreach (var path in (string[])["/api/v1/upstreams/openai", "/api/v1/upstreams"])
        {
            var shown = (await server.SendAsync("GET", path)).Body!.ToJsonString();
            Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
            Assert.Contains("key_hint", shown, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("canary", await server.JournalTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_put_again_without_a_key_keeps_it()
    {
        await using var server = await ApiServer.StartAsync(isAdmin: true);
        await server.SendAsync("PUT", "/api/v1/upstreams/groq", $$"""{"key":"{{Secret}}"}""");
        var (_, body, _) = await server.SendAsync("PUT", "/api/v1/upstreams/groq", """
            {"enabled":false,"models":{"fast":{"name":"llama-4","output_tokens":8192,"fallbacks":["openai/gpt-5"]}}}
            """);
        Assert.Equal("…cdef", (string?)body!["key_hint"]);
        Assert.Equal("llama-4", (string?)body["models"]!["fast"]!["name"]);
        Assert.False((bool)body["enabled"]!);
    }

    [Theory]
    [InlineData("own", """{"kind":"openai"}""", "base_url")]
    [InlineData("own", """{"base_url":"https://example.com"}""", "kind")]
    [InlineData("own", """{"kind":"smtp","base_url":"https://example.com"}""", "kind")]
    [InlineData("openai", """{"base_url":"file:///etc/passwd"}""", "base_url")]
    [InlineData("openai", """{"base_url":"gopher://example.com"}""", "base_url")]
    [InlineData("openai", """{"base_url":"https://user:pass@example.com"}""", "base_url")]
    [InlineData("openai", """{"base_url":"https://example.com/v1?key=1"}""", "base_url")]
    [InlineData("openai", """{"base_url":"/v1"}""", "base_url")]
    [InlineData("openai", """{"key":"with space"}""", "key")]
    [InlineData("openai", """{"key":"line\nbreak"}""", "key")]
    [InlineData("openai", """{"attempts":6}""", "attempts")]
    [InlineData("openai", """{"timeouts":{"idle_seconds":0}}""", "timeouts.idle_seconds")]
    [InlineData("openai", """{"when_short":"ignore"}""", "when_short")]
    [InlineData("openai", """{"models":{"../x":{}}}""", "models")]
    [InlineData("openai", """{"models":{"a":{"name":"a/../b"}}}""", "models.a.name")]
    [InlineData("openai", """{"models":{"a":null}}""", "models.a")]
    [InlineData("openai", """{"models":{"a":{"fallbacks":["gpt-5"]}}}""", "models.a.fallbacks")]
    [InlineData("openai", """{"forward":[null]}""", "forward[0]")]
    [InlineData("Open%20AI", "{}", "name")]
    public async Task What_cannot_be_called_is_refused(string name, string body, string field)
    {
        await using var server = await ApiServer.StartAsync(isAdmin: true);
        var (status, problem, _) = await server.SendAsync("PUT", $"/api/v1/upstreams/{name}", body);
        Assert.Equal(400, status);
        Assert.Contains(field, ((JsonObject)problem!["errors"]!).Select(error => error.Key));
    }

    [Fact]
    public async Task Only_an_admin_names_where_the_server_connects_to()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(403, (await server.SendAsync("PUT", "/api/v1/upstreams/openai", "{}")).Status);
        Assert.Equal(404, (await server.SendAsync("GET", "/api/v1/upstreams/openai")).Status);
    }
}
