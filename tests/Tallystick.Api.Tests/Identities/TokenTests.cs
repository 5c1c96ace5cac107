using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Identities;

/// <summary>Tests with an issuer whose tokens the first project takes.</summary>
public abstract class TokenTests(StoreKind store = StoreKind.Memory) : IAsyncLifetime
{
    private protected ApiServer Server { get; private set; } = null!;
    private protected TestIssuer Issuer { get; private set; } = null!;

    private protected DateTimeOffset Now => Server.Clock.Now.ToDateTimeOffset();

    public async ValueTask InitializeAsync()
    {
        Issuer = await TestIssuer.StartAsync();
        Server = await ApiServer.StartAsync(store);
        await TrustAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Issuer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <param name="more">Further members of the provider.</param>
    private protected async Task<ApiReply> TrustAsync(string? more = null, string name = "login") =>
        (await Server.SendAsync(
            "PUT", $"~/identity-providers/{name}", client: Server.Admin, body: $$"""
            {"issuer":"{{Issuer.Url}}","audiences":["{{TestIssuer.Audience}}"]{{(more is null ? "" : "," + more)}}}
            """))
        .Must(200);

    /// <summary>What the bearer of a token hears that asks for its balance.</summary>
    private protected async Task<ApiReply> AskAsync(string token, string? project = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/credits/balance");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (project is not null) request.Headers.Add("Tally-Project", project);
        return await Server.SendAsync(request);
    }

    private protected async Task<string> UserAsync(string token) =>
        (string)(await AskAsync(token)).Must(200).Body!["user_id"]!;

    private protected JsonObject Claims(string subject = "ada") => Issuer.Claims(subject, Now);

    private protected Task RefusedAsync(string token) => RefusedAsync(token, "");

    private protected async Task RefusedAsync(string token, string what)
    {
        var reply = await AskAsync(token);
        Assert.True(reply.Status == 401, $"{what}: {reply.Status} {reply.Body?.ToJsonString()}");
    }
}
