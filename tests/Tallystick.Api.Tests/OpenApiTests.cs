using System.Diagnostics;
using System.Text.Json.Nodes;
using Tallystick.Api.Tests.Contract;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// The API's document: complete, sound, and true. That it is true, every other test of this project shows: each answer
/// is held against it (<see cref="ApiServer.SendAsync"/>).
/// </summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private ApiServer _server = null!;
    private JsonObject _document = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        _document = JsonNode.Parse(await _server.Http.GetStringAsync("/openapi/v1.json"))!.AsObject();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void Every_route_is_in_it_once_with_an_id_of_its_own()
    {
        var operations = _document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).ToList();
        Assert.Equal(ApiApp.Routes.Count, operations.Count);
        var ids = operations.ConvertAll(operation => (string)operation.Value!["operationId"]!);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[a-z]+(_[a-z]+)*$", id));
        Assert.Contains("capture_hold", ids);
        Assert.Contains("list_account_transactions", ids);
    }

    [Fact]
    public void Every_example_keeps_its_schema()
    {
        var examples = new ApiContract(_document).Examples().ToList();
        Assert.True(examples.Count > 200);
        Assert.Empty(examples.SelectMany(one => one.Faults.Select(fault => $"{one.Where}: {fault}")));
    }

    [Theory]
    [InlineData("""{"account_id":"acme","amount":"1.0000001"}""")]
    [InlineData("""{"account_id":"acme","amount":1,"price":2}""")]
    [InlineData("""{"account_id":"ac me","amount":1}""")]
    [InlineData("""{"account_id":"acme","license_key":"too short","amount":1}""")]
    public async Task What_the_schema_refuses_the_server_refuses_too(string body)
    {
        var schema = _document["components"]!["schemas"]!["ChargeRequest"]!.AsObject();
        Assert.NotEmpty(new SchemaValidator(_document).Validate(schema, JsonNode.Parse(body)));
        Assert.Equal(400, (await _server.SendAsync("POST", "/api/v1/charges", body, "k")).Status);
    }

    [Theory]
    [InlineData("AccountId", "Account", "account_id", "boolean")]
    [InlineData("NoStatus", "Account", "status", "null")]
    public async Task An_answer_that_is_not_what_the_document_says_is_found(
        string account, string schema, string member, string type)
    {
        _document["components"]!["schemas"]![schema]!["properties"]![member] = new JsonObject { ["type"] = type };
        var reply = await _server.SendAsync("PUT", $"~/accounts/{account}");
        Assert.ThrowsAny<Exception>(
            () => new ApiContract(_document).Check(reply.Raw.RequestMessage!, reply.Raw, reply.Body));
    }

    [Fact]
    public async Task A_status_or_code_that_is_not_documented_is_found()
    {
        var responses = _document["paths"]!["/api/v1/charges"]!["post"]!["responses"]!.AsObject();
        var reply = await _server.SendAsync("POST", "~/charges", "{}", "k");
        responses["400"]!["content"]!["application/problem+json"]!["examples"]!.AsObject().Remove("invalid_request");
        Assert.ThrowsAny<Exception>(
            () => new ApiContract(_document).Check(reply.Raw.RequestMessage!, reply.Raw, reply.Body));
        responses.Remove("400");
        Assert.ThrowsAny<Exception>(
            () => new ApiContract(_document).Check(reply.Raw.RequestMessage!, reply.Raw, reply.Body));
    }

    [Fact]
    public async Task Spectral_finds_nothing_to_say_about_it()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "spectral");
        var file = Path.Combine(folder, "v1.json");
        await File.WriteAllTextAsync(file, _document.ToJsonString(), TestContext.Current.CancellationToken);
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) await RunAsync("npm", "ci", "--prefix", folder);
        await RunAsync(
            Path.Combine(folder, "node_modules", ".bin", "spectral"), "lint", file, "--fail-severity", "warn",
            "--ruleset", Path.Combine(folder, "ruleset.yaml"));
    }

    [Fact]
    public async Task The_page_comes_from_this_server_alone()
    {
        using var page = await _server.Http.GetAsync("/docs");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("//", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));

        using var script = await _server.Http.GetAsync("/docs/reference.js");
        Assert.Equal("gzip", script.Content.Headers.ContentEncoding.Single());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/docs/reference.js");
        again.Headers.IfNoneMatch.Add(script.Headers.ETag!);
        Assert.Equal(304, (int)(await _server.Http.SendAsync(again)).StatusCode);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await output}\n{errors}");
    }
}
