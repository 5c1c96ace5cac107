using System.Net.Http.Headers;
using Tallystick.Server.Tests.Crashes;
using Xunit;

namespace Tallystick.Server.Tests.Wire;

/// <summary>Whose address counts behind proxies: what they say if they are trusted, and else their own.</summary>
public sealed class ProxyTests : IDisposable
{
    private const int FailuresMax = 60;
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-proxy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_trusted_proxy_says_who_guesses_and_what_a_client_says_before_it_counts_for_nothing_A7_H3()
    {
        await using var server = await TallyServer.StartAsync(_folder, "--trusted-proxies", "127.0.0.1, 10.0.0.0/8");
        for (var i = 0; i < FailuresMax; i++)
            Assert.Equal(401, await GuessAsync(server, $"192.0.2.{i}, 203.0.113.7"));
        Assert.Equal(429, await GuessAsync(server, "203.0.113.7"));
        Assert.Equal(429, await GuessAsync(server, "198.51.100.1, 203.0.113.7"));
        Assert.Equal(429, await GuessAsync(server, "203.0.113.7, 10.1.2.3"));
        Assert.Equal(401, await GuessAsync(server, "203.0.113.8"));
        Assert.Equal(401, await GuessAsync(server, "203.0.113.7, 203.0.113.9"));
        Assert.Equal(401, await GuessAsync(server, "no address at all"));
    }

    [Fact]
    public async Task Without_a_trusted_proxy_no_header_changes_whose_failures_they_are_A7_H3()
    {
        await using var server = await TallyServer.StartAsync(_folder, "--trusted-proxies", "10.0.0.0/8");
        for (var i = 0; i < FailuresMax; i++) Assert.Equal(401, await GuessAsync(server, $"203.0.113.{i}"));
        Assert.Equal(429, await GuessAsync(server, "203.0.113.200"));
        Assert.Equal(429, await GuessAsync(server, "10.0.0.1"));
    }

    [Theory]
    [InlineData("--trusted-proxies", "proxy.example")]
    [InlineData("--trusted-proxies", "10.0.0.0/99")]
    [InlineData("--max-connections", "0")]
    public async Task What_is_no_address_or_number_is_refused_at_the_start(string option, string value)
    {
        var refused = await Tally.RunAsync("serve", "--data", _folder, option, value);
        Assert.Equal(2, refused.Code);
        Assert.Contains(option, refused.Errors);
    }

    private static async Task<int> GuessAsync(TallyServer server, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"tally-guess-{Guid.NewGuid():N}");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        foreach (var header in new[] { "X-Real-IP", "Forwarded", "X-Forwarded-Host", "X-Original-URL", "X-Tenant-Id" })
            request.Headers.TryAddWithoutValidation(header, "203.0.113.99");
        using var response = await server.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
