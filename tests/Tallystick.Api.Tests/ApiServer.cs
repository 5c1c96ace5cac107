using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Testing;

namespace Tallystick.Api.Tests;

/// <summary>The API on a real Kestrel over a test clock, with one service key.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly WebApplication _app;

    private ApiServer(WebApplication app, LedgerClock clock, string secret)
    {
        _app = app;
        Clock = clock;
        Http = new() { BaseAddress = new(app.Urls.First()) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    public LedgerClock Clock { get; }
    public HttpClient Http { get; }

    /// <summary>Everything that the project's journal holds, as text.</summary>
    public async Task<string> JournalTextAsync()
    {
        var ledger = _app.Services.GetRequiredService<Ledger>();
        var state = (await ledger.FindProjectAsync(KeyRing.DefaultProject, default))!;
        var text = new StringBuilder(Encoding.Latin1.GetString(state.Encode()));
        for (var sequence = 1L; sequence <= state.Sequence; sequence++)
            text.Append(Encoding.Latin1.GetString((await ledger.EntryAsync(state.Key, sequence, default))!.Bytes));
        return text.ToString();
    }

    public static async Task<ApiServer> StartAsync(bool isAdmin = false)
    {
        var clock = LedgerClock.Test(Start);
        var ledger = new Ledger(new MemoryStore(), clock, new(), NullLogger<Ledger>.Instance);
        var keys = new KeyRing(ledger, new byte[32]);
        var secret = SecretForm.NewKey(KeyRing.DefaultProject, isTest: false);
        await Project(ledger, new ProjectCommand.OpenProject("default"));
        await Project(ledger,
            new ProjectCommand.CreateKey(
                new(isAdmin ? KeyRole.Admin : KeyRole.Service, "test"), keys.MacOf(secret), SecretForm.HintOf(secret)));

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(ledger).AddTallystick(new byte[32]);
        var app = builder.Build();
        app.UseRouting();
        app.MapTallystick();
        await app.StartAsync();
        return new(app, clock, secret);
    }

    public async Task<(int Status, JsonNode? Body, HttpResponseMessage Raw)> SendAsync(
        string method, string path, string? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static Task<Reply> Project(Ledger ledger, ProjectCommand command) => ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(KeyRing.DefaultProject), Project = command,
            Origin = new(null, new byte[16].ToImmutableArray(), default, new byte[16].ToImmutableArray()),
        },
        CancellationToken.None);
}
