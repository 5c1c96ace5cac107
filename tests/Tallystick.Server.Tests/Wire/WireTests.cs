using System.Text.Json.Nodes;
using Tallystick.Server.Tests.Crashes;
using Xunit;

namespace Tallystick.Server.Tests.Wire;

/// <summary>Requests that say two things, or nothing clear, to the real server over raw sockets.</summary>
public sealed class WireTests : IAsyncLifetime
{
    private const string Body = """{"amount":"1"}""";
    private const string Line = "POST /api/v1/accounts/acme/grants HTTP/1.1\r\n";
    private const string Length = "Content-Length: 14\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n";
    private const string Chunk = "e\r\n" + Body + "\r\n0\r\n\r\n";
    private const string Headers = "Authorization: Bearer " + TallyServer.AdminKey
        + "\r\nContent-Type: application/json\r\nIdempotency-Key: wire\r\n";
    private const string Host = "Host: x\r\n";
    private const string Hidden = "GET /api/v1/keys HTTP/1.1\r\nHost: x\r\n" + Headers + "\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-wire-").FullName;
    private TallyServer _server = null!;

    public static TheoryData<string, string> Ambiguous => new()
    {
        { "a length and chunks", Line + Host + Headers + Length + Chunked + "\r\n" + Chunk },
        { "chunks and a length", Line + Host + Headers + Chunked + Length + "\r\n" + Chunk },
        { "a hidden request", Line + Host + Headers + "Content-Length: 4\r\n" + Chunked + "\r\n" + Chunk + Hidden },
        { "a coding nobody knows", Line + Host + Headers + "Transfer-Encoding: xchunked\r\n\r\n" + Chunk },
        { "chunks not last", Line + Host + Headers + "Transfer-Encoding: chunked, identity\r\n\r\n" + Chunk },
        { "two codings", Line + Host + Headers + Chunked + "Transfer-Encoding: identity\r\n\r\n" + Chunk },
        { "two lengths", Line + Host + Headers + Length + "Content-Length: 15\r\n\r\n" + Body },
        { "a length twice", Line + Host + Headers + Length + Length + "\r\n" + Body },
        { "a list of lengths", Line + Host + Headers + "Content-Length: 14, 14\r\n\r\n" + Body },
        { "a length with a sign", Line + Host + Headers + "Content-Length: +14\r\n\r\n" + Body },
        { "a length below zero", Line + Host + Headers + "Content-Length: -14\r\n\r\n" + Body },
        { "a length in hex", Line + Host + Headers + "Content-Length: 0xe\r\n\r\n" + Body },
        { "a length beyond all", Line + Host + Headers + "Content-Length: 99999999999999999999\r\n\r\n" + Body },
        { "a length before a colon", Line + Host + Headers + "Content-Length : 14\r\n\r\n" + Body },
        { "lines that end in LF", (Line + Host + Headers + Length + "\r\n").Replace("\r\n", "\n") + Body },
        { "one line that ends in LF", Line + Host + Headers + "X: y\n" + Length + "\r\n" + Body },
        { "a folded header", Line + Host + Headers + "X: y\r\n z\r\n" + Length + "\r\n" + Body },
        { "NUL in a value", Line + Host + Headers + "X: y\0z\r\n" + Length + "\r\n" + Body },
        { "NUL in a name", Line + Host + Headers + "X\0Y: z\r\n" + Length + "\r\n" + Body },
        { "CR in a value", Line + Host + Headers + "X: y\rz\r\n" + Length + "\r\n" + Body },
        { "no name", Line + Host + Headers + ": y\r\n" + Length + "\r\n" + Body },
        { "no colon", Line + Host + Headers + "X y\r\n" + Length + "\r\n" + Body },
        { "two hosts", Line + Host + "Host: y\r\n" + Headers + Length + "\r\n" + Body },
        { "no host", Line + Headers + Length + "\r\n" + Body },
        { "a host that is none", Line + "Host: a b\r\n" + Headers + Length + "\r\n" + Body },
        { "another host in the line", Line.Replace("/api", "http://y/api") + Host + Headers + Length + "\r\n" + Body },
        { "a chunk's size in hex", Line + Host + Headers + Chunked + "\r\n0x" + Chunk },
        { "a chunk's size with a sign", Line + Host + Headers + Chunked + "\r\n+" + Chunk },
        { "a chunk too long", Line + Host + Headers + Chunked + "\r\nf" + Chunk[1..] },
        { "a chunk's extension with LF", Line + Host + Headers + Chunked + "\r\n" + Chunk.Replace("e\r", "e;\n\r") },
        { "NUL in the path", Line.Replace("acme", "ac\0me") + Host + Headers + Length + "\r\n" + Body },
    };

    public async ValueTask InitializeAsync()
    {
        _server = await TallyServer.StartAsync(_folder);
        using var opened = await _server.Http.PutAsync("/api/v1/accounts/acme", new StringContent(""));
        Assert.True(opened.IsSuccessStatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task A_request_that_can_be_read_in_two_ways_is_refused_and_its_connection_closed_H1(
        string what, string request)
    {
        var answer = await SayAsync(request);
        Assert.True(answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), $"{what}: {answer}");
        // One answer: what follows is not taken for another request.
        Assert.Equal(answer.IndexOf("HTTP/1.1", StringComparison.Ordinal), answer.LastIndexOf(
            "HTTP/1.1", StringComparison.Ordinal));
        var page = JsonNode.Parse(await _server.Http.GetStringAsync("/api/v1/accounts/acme/transactions"))!;
        Assert.Equal("account_opened", Assert.Single(page["data"]!.AsArray())!["kind"]!.ToString());
    }

    [Fact]
    public async Task A_request_that_is_right_passes_also_with_its_host_in_the_line_H1()
    {
        var answer = await SayAsync(Line + Host + Headers + "Connection: close\r\n" + Chunked + "\r\n" + Chunk);
        Assert.StartsWith("HTTP/1.1 201 ", answer);
        answer = await SayAsync(
            Line.Replace("/api", "http://x/api") + Host + Headers + "Connection: close\r\n" + Length + "\r\n" + Body);
        Assert.StartsWith("HTTP/1.1 201 ", answer);
        Assert.Contains("Idempotent-Replayed: true", answer);
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0")]
    [InlineData("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\nConnection: close\r\n\r\n")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET  /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/v1/keys HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("GET /api/v1/keys\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\0\u0001\u0001\0\0\0\0\0\0\0\0")]
    public async Task What_is_not_http_1_1_or_no_request_of_ours_is_refused_H1(string said)
    {
        var answer = await SayAsync(said);
        Assert.DoesNotMatch("HTTP/[0-9.]+ [123]", answer);
    }

    [Fact]
    public async Task An_upgrade_to_another_protocol_is_not_taken_up_H1()
    {
        var answer = await SayAsync(
            "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer);
        Assert.DoesNotContain("Upgrade", answer);
    }

    private async Task<string> SayAsync(string request)
    {
        using var connection = await RawConnection.OpenAsync(_server.Http.BaseAddress!);
        await connection.SendAsync(request);
        return await connection.ReadToEndAsync();
    }
}
