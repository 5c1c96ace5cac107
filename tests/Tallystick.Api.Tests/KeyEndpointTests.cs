using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Tallystick.Core.Time;
using Tallystick.Engine.Identity;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>Keys over HTTP: shown once, looked up by hash, over when they are over.</summary>
public sealed class KeyEndpointTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.StartAsync(isAdmin: true);
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_secret_is_shown_once_and_only_its_hash_is_kept()
    {
        const string Body = """{"role":"read","name":"dashboard"}""";
        var first = await _server.SendAsync("POST", "/api/v1/keys", Body, "k1");
        var again = await _server.SendAsync("POST", "/api/v1/keys", Body, "k1");
        var secret = (string)first.Body!["key"]!;

        Assert.Equal((201, 201), (first.Status, again.Status));
        Assert.StartsWith("tally_live_", secret, StringComparison.Ordinal);
        Assert.Null(again.Body!["key"]);
        Assert.Equal((string)first.Body["id"]!, (string)again.Body["id"]!);
        Assert.Equal(200, await StatusAsync(secret, "GET", "/api/v1/accounts"));
        Assert.DoesNotContain(secret, await _server.JournalTextAsync(), StringComparison.Ordinal);
        var listed = (await _server.SendAsync("GET", "/api/v1/keys")).Body!["data"]!.ToJsonString();
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Contains(secret[^4..], listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_and_stays_in_the_list_I26()
    {
        var (id, secret) = await CreateAsync("""{"role":"service","name":"a"}""");
        Assert.Equal(200, await StatusAsync(secret, "GET", "/api/v1/accounts"));
        var revoked = await _server.SendAsync("DELETE", $"/api/v1/keys/{id}");
        Assert.Equal((200, "revoked"), (revoked.Status, (string)revoked.Body!["status"]!));
        Assert.Equal(401, await StatusAsync(secret, "GET", "/api/v1/accounts"));

        var again = await _server.SendAsync("DELETE", $"/api/v1/keys/{id}");
        Assert.Equal((200, (string)revoked.Body["revoked_at"]!), (again.Status, (string)again.Body!["revoked_at"]!));
        var page = (await _server.SendAsync("GET", "/api/v1/keys")).Body!["data"]!.AsArray();
        Assert.Equal(["revoked", "active"], page.Select(key => (string)key!["status"]!));
    }

    [Fact]
    public async Task A_rotated_key_works_beside_its_successor_until_the_overlap_ends()
    {
        var (id, old) = await CreateAsync("""{"role":"service","name":"a"}""");
        var rotated = await _server.SendAsync("POST", $"/api/v1/keys/{id}/rotate", """{"overlap_seconds":60}""");
        var next = (string)rotated.Body!["key"]!;
        Assert.Equal((200, 200), (await ListAsync(old), await ListAsync(next)));

        _server.Clock.Advance(new(ApiServer.Start.Micros + 60_000_000));
        Assert.Equal((401, 200), (await ListAsync(old), await ListAsync(next)));
        var one = await _server.SendAsync("GET", $"/api/v1/keys/{id}");
        Assert.Equal(("expired", (string)rotated.Body["id"]!),
            ((string)one.Body!["status"]!, (string)one.Body["replaced_by"]!));
    }

    [Fact]
    public async Task The_last_admin_key_that_does_not_expire_is_neither_revoked_nor_rotated_into_one_that_does()
    {
        const string Ends = """{"expires_at":"2026-01-02T00:00:00Z","overlap_seconds":0}""";
        var first = (string)(await _server.SendAsync("GET", "/api/v1/keys")).Body!["data"]![0]!["id"]!;
        await CreateAsync("""{"role":"admin","name":"a","expires_at":"2026-02-01T00:00:00Z"}""");
        (await _server.PostAsync($"~/keys/{first}/rotate", Ends)).MustBe(409, "conflict");
        (await _server.SendAsync("DELETE", $"~/keys/{first}")).MustBe(409, "conflict");

        var (other, _) = await CreateAsync("""{"role":"admin","name":"b"}""");
        Assert.Equal("2026-01-02T00:00:00Z", (await _server.PostAsync($"~/keys/{other}/rotate", Ends)).Must(201)
            ["expires_at"]);
        (await _server.PostAsync($"~/keys/{first}/rotate", Ends)).MustBe(409, "conflict");
        (await _server.PostAsync($"~/keys/{first}/rotate")).Must(201);
    }

    [Fact]
    public async Task A_key_is_refused_from_the_instant_of_its_end_A4()
    {
        var (_, secret) = await CreateAsync(
            """{"role":"service","name":"a","expires_at":"2026-01-01T00:01:00Z"}""");
        _server.Clock.Advance(new Instant(ApiServer.Start.Micros + 59_999_999));
        Assert.Equal(200, await ListAsync(secret));
        _server.Clock.Advance(new Instant(ApiServer.Start.Micros + 60_000_000));
        Assert.Equal(401, await ListAsync(secret));
    }

    [Fact]
    public async Task What_is_not_a_key_is_invalid()
    {
        Assert.Equal("role", await InvalidAsync("""{"role":"root","name":"a"}"""));
        Assert.Equal("name", await InvalidAsync("""{"role":"read","name":""}"""));
        Assert.Equal("account_id", await InvalidAsync("""{"role":"account","name":"a"}"""));
        Assert.Equal("account_id", await InvalidAsync("""{"role":"read","name":"a","account_id":"acme"}"""));
        Assert.Equal("expires_at", await InvalidAsync(
            """{"role":"read","name":"a","expires_at":"2020-01-01T00:00:00Z"}"""));
        var missing = await _server.SendAsync(
            "POST", "/api/v1/keys", """{"role":"account","name":"a","account_id":"nobody"}""");
        Assert.Equal(404, missing.Status);
    }

    [Fact]
    public void A_secret_of_our_form_is_refused_without_a_look_up_when_a_character_is_wrong()
    {
        var secret = SecretForm.NewKey(KeyRing.DefaultProject, isTest: true);
        Assert.Equal(KeyRing.DefaultProject, SecretForm.ProjectOf(secret));
        for (var i = "tally_test_".Length; i < secret.Length; i++)
        {
            var wrong = secret[..i] + (secret[i] == 'x' ? 'y' : 'x') + secret[(i + 1)..];
            Assert.Null(SecretForm.ProjectOf(wrong));
        }
        Assert.Equal(SecretForm.ProjectMax, SecretForm.ProjectOf(SecretForm.NewKey(SecretForm.ProjectMax, false)));
    }

    private async Task<(string Id, string Secret)> CreateAsync(string body)
    {
        var (status, key, _) = await _server.SendAsync("POST", "/api/v1/keys", body);
        Assert.Equal(201, status);
        return ((string)key!["id"]!, (string)key["key"]!);
    }

    private async Task<string> InvalidAsync(string body)
    {
        var (status, problem, _) = await _server.SendAsync("POST", "/api/v1/keys", body);
        Assert.Equal(400, status);
        return ((JsonObject)problem!["errors"]!).Single().Key;
    }

    private Task<int> ListAsync(string secret) => StatusAsync(secret, "GET", "/api/v1/accounts");

    private async Task<int> StatusAsync(string secret, string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var response = await _server.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
