using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Observability.Tests;

/// <summary>
/// Every route of the real program, with secrets where they belong and where they do not; then everything that it has
/// said, written and exported is searched for them.
/// </summary>
public sealed partial class SecretTests : IAsyncLifetime
{
    private const string Upstream = "sk-canary-of-an-upstream-0123456789", Prompt = "prompt-canary-0123456789";
    private const string Chosen = "CANARY-LICENCE-CHOSEN-01", Wrong = "wrong-canary-guess-of-a-key-0123456789";
    private const string PepperFile = "tally.pepper";
    private readonly List<string> _secrets = [RunningServer.AdminKey, Chosen, Upstream, Prompt, Wrong];
    private readonly List<(string From, byte[] Said)> _said = [];
    private Collector _collector = null!;
    private RunningServer _server = null!;
    private HttpClient _plain = null!;

    public async ValueTask InitializeAsync() => _collector = await Collector.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _plain.Dispose();
        _server.Dispose();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task No_secret_is_in_anything_that_is_said_written_or_exported_L3_Q17()
    {
        await StartAsync([]);
        await TryEverythingAsync();
        await CommandAsync("export", "--data", _server.Folder, "--out", Path.Combine(_server.Folder, "export.jsonl"));
        await CommandAsync("backup", "--data", _server.Folder, Path.Combine(_server.Folder, "backup"));
        await CommandAsync("verify", "--data", _server.Folder);
        await _server.StopAsync();
        await HearAsync();
        var pepper = await File.ReadAllBytesAsync(Path.Combine(_server.Folder, PepperFile));
        MustHold("log", "traces", "metrics", "export.jsonl", "tally.db", "GET /api/v1/audit");
        MustHoldNoneOf([.. _secrets.Select(Encoding.ASCII.GetBytes), pepper]);
    }

    [Fact]
    public async Task No_secret_is_in_anything_that_is_said_or_written_over_a_shared_store_L3_Q17()
    {
        const string Pepper = "c0ffee0123456789c0ffee0123456789c0ffee0123456789c0ffee0123456789";
        await using var cluster = await PostgresCluster.StartAsync();
        var database = await cluster.CreateDatabaseAsync();
        await StartAsync(new() { ["TALLY_POSTGRES"] = database, ["TALLY_PEPPER"] = Pepper });
        await TryEverythingAsync();
        await CommandAsync(
            "export", "--postgres", database, "--out", Path.Combine(_server.Folder, "export.jsonl"));
        await CommandAsync("verify", "--postgres", database);
        await _server.StopAsync();
        await HearAsync();
        _said.Add(("dump", Encoding.UTF8.GetBytes(cluster.Dump(database))));
        MustHold("log", "traces", "metrics", "export.jsonl", "dump", "GET /api/v1/audit");
        // A dump and an export write bytes as digits.
        MustHoldNoneOf(
            [
                .. _secrets.Select(Encoding.ASCII.GetBytes),
                .. _secrets.Select(secret => Encoding.ASCII.GetBytes(Hex(Encoding.ASCII.GetBytes(secret)))),
                Encoding.ASCII.GetBytes(Pepper), Convert.FromHexString(Pepper),
            ]);
    }

    private async Task StartAsync(Dictionary<string, string> environment)
    {
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Url;
        environment["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        _server = await RunningServer.StartAsync(["--log-level", "debug", "--allow-private-upstreams"], environment);
        _plain = new() { BaseAddress = _server.Http.BaseAddress };
    }

    private async Task TryEverythingAsync()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await MakeSecretsAsync(issuer);
        var routes = await RoutesAsync();
        Assert.True(routes.Count > 80, $"{routes.Count} routes");
        foreach (var secret in _secrets)
            foreach (var (method, pattern) in routes)
                await TryAsync(method, pattern, secret);
        foreach (var path in new[] { "/metrics", "/health/ready", "/api/v1/audit?limit=1000", "/api/v1/keys" })
            await SayAsync(new(HttpMethod.Get, path), RunningServer.AdminKey);
    }

    private void MustHold(params string[] kinds)
    {
        foreach (var kind in kinds)
            Assert.True(
                _said.Exists(one => one.From.StartsWith(kind, StringComparison.Ordinal) && one.Said.Length > 100),
                kind);
    }

    private void MustHoldNoneOf(IReadOnlyList<byte[]> secrets)
    {
        var leaks =
            from one in _said
            from secret in secrets
            where one.Said.AsSpan().IndexOf(secret) >= 0
            select $"{Encoding.Latin1.GetString(secret)[..12]}… in {one.From}";
        Assert.Empty(leaks.Distinct().Take(20));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>All that it has written, of whatever kind.</summary>
    private async Task HearAsync()
    {
        _said.Add(("log", Encoding.UTF8.GetBytes(string.Join('\n', _server.Log))));
        foreach (var (signal, all) in _collector.Received)
            foreach (var bytes in all) _said.Add((signal, bytes));
        foreach (var file in Directory.EnumerateFiles(_server.Folder, "*", SearchOption.AllDirectories))
            if (Path.GetFileName(file) != PepperFile)
                _said.Add((Path.GetRelativePath(_server.Folder, file), await File.ReadAllBytesAsync(file)));
    }

    /// <summary>A credential of each kind, and what was asked of a model; what is shown once is not searched.</summary>
    private async Task MakeSecretsAsync(TestIssuer issuer)
    {
        await DoAsync("PUT", "/api/v1/accounts/acme", "{}");
        await DoAsync("POST", "/api/v1/accounts/acme/grants", """{"amount":"1000"}""");
        foreach (var role in new[] { "service", "ingest", "read" })
            await KeepAsync("/api/v1/keys", $$"""{"role":"{{role}}","name":"{{role}}"}""", "key");
        await KeepAsync("/api/v1/keys", """{"role":"account","name":"holder","account_id":"acme"}""", "key");
        await KeepAsync("/api/v1/licenses", """{"account_id":"acme"}""", "license_key");
        await KeepAsync("/api/v1/projects", """{"name":"shop"}""", "key");
        await DoAsync("POST", "/api/v1/licenses", $$"""{"account_id":"acme","license_key":"{{Chosen}}"}""");
        await DoAsync("PUT", "/api/v1/upstreams/openai", $$"""{"key":"{{Upstream}}"}""");
        await DoAsync("PUT", "/api/v1/watches/all", """{"account_id":"acme"}""");
        await DoAsync("PUT", "/api/v1/identity-providers/login", $$"""
            {"issuer":"{{issuer.Url}}","audiences":["{{TestIssuer.Audience}}"]}
            """);
        var now = TimeProvider.System.GetUtcNow();
        _secrets.InsertRange(1, [issuer.Token("acme", now), issuer.Token("acme", now.AddDays(-1))]);
        var ask = $$"""{"model":"echo","messages":[{"role":"user","content":"{{Prompt}}"}],"max_tokens":9}""";
        using var call = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(ask, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new("Bearer", _secrets[1]) },
        };
        using var answer = await _plain.SendAsync(call);
        Assert.Contains(Prompt, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The secret as a credential, and where it does not belong: query, path, body, a cookie.</summary>
    private async Task TryAsync(string method, string pattern, string secret)
    {
        var path = Place().Replace(pattern, method == "GET" ? "acme" : "nobody");
        await SayAsync(new(new(method), path), secret);
        await SayAsync(new(new(method), $"{path}?access_token={secret}&key={secret}"), null);
        await SayAsync(new(new(method), $"{path}?key={secret}"), method == "GET" ? RunningServer.AdminKey : null);
        if (method is "GET" or "DELETE")
            await SayAsync(
                new(new(method), Place().Replace(pattern, Uri.EscapeDataString(secret))), RunningServer.AdminKey);
        if (method is not ("POST" or "PATCH" or "PUT")) return;
        var body = new HttpRequestMessage(new(method), path)
        {
            Content = new StringContent($$"""{"name":["{{secret}}"]}""", Encoding.UTF8, "application/json"),
        };
        body.Headers.TryAddWithoutValidation("Cookie", $"key={secret}");
        body.Headers.TryAddWithoutValidation("Idempotency-Key", "one");
        await SayAsync(body, RunningServer.AdminKey);
    }

    private async Task SayAsync(HttpRequestMessage request, string? secret)
    {
        using (request)
        {
            if (secret is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + secret);
            var asked = $"{request.Method} {request.RequestUri!.OriginalString}";
            using var response = await _plain.SendAsync(request);
            var head = string.Join('\n', response.Headers.Concat(response.Content.Headers)
                .Select(header => $"{header.Key}: {string.Join(',', header.Value)}"));
            byte[] all = [.. Encoding.UTF8.GetBytes(head), .. await response.Content.ReadAsByteArrayAsync()];
            _said.Add(($"{asked}: {(int)response.StatusCode}", all));
        }
    }

    private async Task<JsonNode> DoAsync(string method, string path, string body)
    {
        var said = await _server.SendAsync(method, path, body, Guid.NewGuid().ToString());
        Assert.True(said.Status is 200 or 201, $"{path}: {said.Status} {said.Body}");
        return JsonNode.Parse(said.Body)!;
    }

    private async Task KeepAsync(string path, string body, string member) =>
        _secrets.Insert(1, (string)(await DoAsync("POST", path, body))[member]!);

    private async Task<List<(string Method, string Pattern)>> RoutesAsync()
    {
        var document = JsonNode.Parse((await _server.SendAsync("GET", "/openapi/v1.json")).Body)!;
        return
        [
            .. from path in document["paths"]!.AsObject()
               from method in path.Value!.AsObject()
               where method.Key is "get" or "put" or "post" or "patch" or "delete"
               select (method.Key.ToUpperInvariant(), path.Key),
        ];
    }

    private async Task CommandAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tally"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var said = await output + await errors;
        Assert.True(process.ExitCode == 0, said);
        _said.Add(($"tally {arguments[0]}", Encoding.UTF8.GetBytes(said)));
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Place();
}
