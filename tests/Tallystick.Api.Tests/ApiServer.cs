using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Api.Tests.Contract;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Ports;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// The API on a real Kestrel over a test clock, with an admin and a service key; it may stop and start again.
/// </summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private const int BodyBytesMax = 8 << 20;
    private readonly TestStore _store;
    private readonly LedgerClock _clock;
    private string _admin = SecretForm.NewKey(KeyRing.DefaultProject, isTest: false);
    private string _service = SecretForm.NewKey(KeyRing.DefaultProject, isTest: false);
    private WebApplication _app = null!;
    private Ledger _ledger = null!;
    private ILedgerStore _held = null!;
    private ApiContract? _contract;

    private ApiServer(TestStore store, LedgerClock clock) => (_store, _clock) = (store, clock);

    private int FailuresMax { get; init; }

    /// <summary>How often anything was stored; only over memory.</summary>
    public int Commits => _store.Memory!.Commits;

    /// <summary>What the store was asked, in order; only over memory.</summary>
    public ConcurrentQueue<string> Asked => _store.Memory!.Asked ??= new();

    /// <summary>The store itself, where it is one in memory.</summary>
    public MemoryStore? Memory => _store.Memory;

    /// <summary>Moves without a barrier, and no sweeper looks: what is due must show all the same.</summary>
    public LedgerClock Clock => _clock;

    /// <summary>What is logged, from a warning on.</summary>
    public LogRecorder Log { get; } = new();

    /// <summary>With the service key.</summary>
    public HttpClient Http { get; private set; } = null!;
    public HttpClient Admin { get; private set; } = null!;

    /// <param name="isAdmin"><see cref="Http"/> has the admin key, too.</param>
    /// <param name="clock">Default: a test clock.</param>
    /// <param name="failuresMax">Credentials that may fail a minute: in most tests any number.</param>
    public static async Task<ApiServer> StartAsync(
        StoreKind store = StoreKind.Memory, bool isAdmin = false, LedgerClock? clock = null,
        int failuresMax = int.MaxValue) => await StartAsync(
            new ApiServer(TestStore.Create(store, clock?.IsTest ?? true), clock ?? LedgerClock.Test(Start))
            {
                FailuresMax = failuresMax,
            },
            isAdmin);

    /// <summary>Over a store of the test's own.</summary>
    public static Task<ApiServer> StartAsync(TestStore store) => StartAsync(
        new ApiServer(store, LedgerClock.Test(Start)) { FailuresMax = int.MaxValue }, isAdmin: false);

    private static async Task<ApiServer> StartAsync(ApiServer server, bool isAdmin)
    {
        if (isAdmin) server._service = server._admin;
        await server.OpenAsync();
        await server.AskAsync(_ => new ProjectCommand.OpenProject("default"));
        await server.AskAsync(keys => NewKey(keys, KeyRole.Admin, server._admin));
        if (!isAdmin) await server.AskAsync(keys => NewKey(keys, KeyRole.Service, server._service));
        return server;
    }

    /// <summary>Stops the server and starts another over what it left.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Another server, at the same time and with the same keys, over a copy of what this one has.</summary>
    public async Task<ApiServer> ForkAsync(TestStore copy)
    {
        var fork = new ApiServer(copy, LedgerClock.Test(_clock.Now))
        {
            FailuresMax = FailuresMax, _admin = _admin, _service = _service,
        };
        await fork.OpenAsync();
        return fork;
    }

    /// <param name="path">From the root; <c>~/</c> stands for the version's.</param>
    public async Task<ApiReply> SendAsync(
        string method, string path, string? body = null, string? key = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(
            new(method), path.Replace("~/", "/api/v1/", StringComparison.Ordinal));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await SendAsync(request, client);
    }

    /// <summary>Sends, and holds what comes back against the API's document.</summary>
    public async Task<ApiReply> SendAsync(HttpRequestMessage request, HttpClient? client = null)
    {
        var response = await (client ?? Http).SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var isTable = response.Content.Headers.ContentType?.MediaType == "text/csv";
        var body = bytes.Length == 0 ? null
            : isTable ? JsonValue.Create(Encoding.UTF8.GetString(bytes)) : JsonNode.Parse(bytes);
        _contract ??= await ApiContract.FetchAsync(Http);
        _contract.Check(request, response, body);
        return new((int)response.StatusCode, body, response) { Bytes = bytes };
    }

    public Task<ApiReply> GetAsync(string path) => SendAsync("GET", path);
    public Task<ApiReply> PostAsync(string path, string body = "{}", string? key = null) =>
        SendAsync("POST", path, body, key);

    /// <summary>Everything that the project's journal holds, as text.</summary>
    public async Task<string> JournalTextAsync()
    {
        var state = (await _ledger.FindProjectAsync(KeyRing.DefaultProject, default))!;
        var text = new StringBuilder(Encoding.Latin1.GetString(state.Encode()));
        for (var sequence = 1L; sequence <= state.Sequence; sequence++)
            text.Append(Encoding.Latin1.GetString((await _ledger.EntryAsync(state.Key, sequence, default))!.Bytes));
        return text.ToString();
    }

    /// <summary>Seals what has changed.</summary>
    public async Task SealAsync() => await _held.SealAsync(KeyRing.DefaultProject, _clock.Now, default);

    /// <summary>The hash of the last seal, as the store has it.</summary>
    public async Task<string> LastSealAsync() =>
        Convert.ToHexStringLower((await _held.LastSealAsync(KeyRing.DefaultProject, default))!.Hash);

    /// <summary>Folds, decides and hashes everything again; the books' digest.</summary>
    public string Verify()
    {
        using var audit = _store.Audit();
        var faults = new List<AuditFault>();
        var result = StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add);
        Assert.Empty(faults);
        return result.Digest!;
    }

    /// <summary>Whatever a test was about, the books that it leaves hold.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (_store.CanBeRead) Verify();
        _store.Dispose();
    }

    private async Task OpenAsync()
    {
        _held = await _store.OpenAsync();
        _ledger = new(_held, _clock, new(), NullLogger<Ledger>.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = BodyBytesMax);
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(Log);
        builder.Services.AddSingleton(_ledger)
            .AddTallystick(new byte[32], new(allowsPrivate: true), failuresMax: FailuresMax);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapTallystick();
        await _app.StartAsync();
        (Http, Admin) = (Client(_service), Client(_admin));
    }

    private async Task CloseAsync()
    {
        Http.Dispose();
        Admin.Dispose();
        await _app.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    private HttpClient Client(string secret) => new()
    {
        BaseAddress = new(_app.Urls.First()),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", secret) },
    };

    private static ProjectCommand.CreateKey NewKey(KeyRing keys, KeyRole role, string secret) =>
        new(new(role, "test"), keys.MacOf(secret), SecretForm.HintOf(secret));

    private Task<Reply> AskAsync(Func<KeyRing, ProjectCommand> command) => _ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(KeyRing.DefaultProject),
            Project = command(_app.Services.GetRequiredService<KeyRing>()),
            Origin = new(null, new byte[16].ToImmutableArray(), default, new byte[16].ToImmutableArray()),
        },
        CancellationToken.None);
}
