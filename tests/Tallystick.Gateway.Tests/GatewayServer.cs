using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Upstreams;
using Tallystick.Core.Accounts;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Engine.Limits;
using Tallystick.Engine.Network;
using Tallystick.Testing;

namespace Tallystick.Gateway.Tests;

/// <summary>
/// The gateway on a real Kestrel over a ledger in memory, with one account and one scripted upstream.
/// </summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    public const string Account = "acme";
    public const string UpstreamKey = "sk-upstream-canary-0123456789";

    /// <summary>Before the account's id it makes the account's key.</summary>
    public const string KeyPrefix = "a-holders-canary-of-an-account:";
    public const string HolderKey = KeyPrefix + Account;
    public const string ServiceKey = "a-service-key-of-the-back-end-itself";
    private const int Project = KeyRing.DefaultProject;
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _clientGone;

    private GatewayServer(
        WebApplication app, Ledger ledger, ScriptedUpstream upstream, TaskCompletionSource clientGone)
    {
        (_app, Ledger, Upstream, _clientGone) = (app, ledger, upstream, clientGone);
        // Who leaves in the middle of an answer does not read the rest of it first.
        Http = new(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = new(app.Urls.First()) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", HolderKey);
    }

    public Ledger Ledger { get; }
    public ScriptedUpstream Upstream { get; }
    public HttpClient Http { get; }

    /// <summary>Ends when a client has left in the middle and its call has heard of that.</summary>
    public Task ClientGone => _clientGone.Task;

    /// <summary>What the gateway maps, as methods and patterns.</summary>
    public IEnumerable<string> Endpoints =>
        from source in ((IEndpointRouteBuilder)_app).DataSources
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        select $"{method} {endpoint.RoutePattern.RawText}";

    /// <summary>
    /// An account with some credits, an upstream of each kind, and prices of 1 and 2 credits a token.
    /// </summary>
    public static async Task<GatewayServer> StartAsync(
        long credits = 1_000_000, string? options = null, string? spool = null, MemoryStore? store = null,
        IEnumerable<Price>? prices = null, LedgerClock? clock = null)
    {
        var upstream = await ScriptedUpstream.StartAsync();
        var ledger = new Ledger(store ?? new(), clock ?? new(TimeProvider.System), new(), NullLogger<Ledger>.Instance);
        var secrets = new SecretBox([1, 2, 3]);

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(ledger).AddSingleton(secrets).AddSingleton(new KeyRing(ledger, [1, 2, 3]))
            .AddSingleton<LicenseDirectory>().AddSingleton<Bearers>().AddSingleton(new AddressRules(true))
            .AddSingleton<IssuerClient>().AddSingleton(TimeProvider.System).AddSingleton<TokenHolders>()
            .AddSingleton(new FailureBrake(FailureBrake.FailuresDefault, TimeProvider.System))
            .AddSingleton<IRateCounts, RateCounts>().AddSingleton<CallerLimits>().AddSingleton<ProjectLoad>();
        builder.Services.AddTallystickGateway(new() { AllowsPrivateUpstreams = true, SpoolPath = spool });
        var app = builder.Build();
        var clientGone = new TaskCompletionSource();
        app.Use((context, next) =>
        {
            // What is registered first is told last: the call has heard of it by then.
            context.RequestAborted.Register(() => clientGone.TrySetResult());
            return next(context);
        });
        app.UseRouting();
        app.MapTallystickGateway();
        await app.StartAsync();

        var server = new GatewayServer(app, ledger, upstream, clientGone);
        if (await ledger.FindAccountAsync(Project, Account, default) is not null) return server;
        await server.ProjectAsync(new ProjectCommand.OpenProject("default"));
        foreach (var kind in (string[])["openai", "anthropic", "gemini"])
            await server.PutUpstreamAsync(kind, kind, options);
        await server.PutPricesAsync([.. prices ?? [Price(null, "*", ("input", 1), ("output", 2))]]);
        await server.KeyAsync(ServiceKey, new(KeyRole.Service, "back end"));
        await server.OpenAsync(Account, credits);
        return server;
    }

    /// <summary>A price of whole credits a token, image, second or character.</summary>
    public static Price Price(
        string? provider, string model, params IEnumerable<(string Unit, long Credits)> rates) => new()
    {
        Selector = new(provider, model, null, []),
        Standard = new(RateTable.Of(rates.Select(rate => Rate(rate.Unit, rate.Credits))), []),
    };

    private static UnitRate Rate(string name, long credits) =>
        Unit.TryFromRate(name, out var unit)
            ? new(unit, ExactDecimal.From(credits).ShiftRight(-unit.PerPower))
            : throw new ArgumentException(name);

    public Task PutUpstreamAsync(string name, string kind, string? options = null)
    {
        var given = JsonSerializer.Deserialize(options ?? "{}", ContractsJson.Default.UpstreamRequest)!;
        var request = given with
        {
            Kind = kind, BaseUrl = given.BaseUrl ?? $"{Upstream.Url}/{name}", Provider = name,
            Enabled = given.Enabled ?? true,
        };
        var models = request.Models?.ToDictionary(
            model => model.Key, model => model.Value with { Name = model.Value.Name ?? model.Key });
        request = request with
        {
            Models = models ?? [],
            Forward = request.Forward ?? [],
            WhenShort = request.WhenShort ?? "refuse",
            OutputBound = request.OutputBound ?? "model",
            MaxTokensField = request.MaxTokensField ?? "max_tokens",
            Attempts = request.Attempts ?? 1,
            Timeouts = new()
            {
                FirstByteSeconds = request.Timeouts?.FirstByteSeconds ?? 5,
                IdleSeconds = request.Timeouts?.IdleSeconds ?? 5,
                TotalSeconds = request.Timeouts?.TotalSeconds ?? 30,
                DrainSeconds = request.Timeouts?.DrainSeconds ?? 5,
            },
        };
        var box = _app.Services.GetRequiredService<SecretBox>();
        return ProjectAsync(new ProjectCommand.PutUpstream(
            name, JsonSerializer.Serialize(request, ContractsJson.Default.UpstreamRequest),
            box.Seal(UpstreamKey, Core.Projects.Upstream.PlaceOfKey(Project, name)), "…"));
    }

    public Task PutPricesAsync(params ImmutableArray<Price> prices) =>
        ProjectAsync(new ProjectCommand.PutPrices(prices));

    /// <summary>Opens an account with some credits.</summary>
    public async Task OpenAsync(string account, long credits)
    {
        await AccountAsync(account, new AccountCommand.PutAccount(account));
        await KeyAsync(KeyPrefix + account, new(KeyRole.Account, account) { AccountId = account });
        if (credits > 0) await GrantAsync(credits, account);
    }

    public Task GrantAsync(long credits, string account) => AccountAsync(account, new AccountCommand.GiveCredits
    {
        Amount = CreditAmount.FromCredits(credits), Bucket = "test", Kind = GrantKind.Purchase,
    });

    public Task KeyAsync(string secret, KeyTerms terms) => ProjectAsync(new ProjectCommand.CreateKey(
        terms, _app.Services.GetRequiredService<KeyRing>().MacOf(secret), "…"));

    /// <summary>Takes an issuer's tokens.</summary>
    public Task TrustAsync(TestIssuer issuer) => ProjectAsync(new ProjectCommand.PutIdentityProvider(
        "login", new(issuer.Url, IdentityTerms.SubjectDefault)
        {
            Audiences = [TestIssuer.Audience], Algorithms = ["RS256"], ClockSkew = 60,
        }));

    /// <summary>The project reports by these keys of metadata from now on.</summary>
    public Task ReportByAsync(params ImmutableArray<string> keys) =>
        ProjectAsync(new ProjectCommand.ChangeSettings(null, null) { ReportKeys = keys });

    /// <summary>The account takes a tier that has nothing but this.</summary>
    public async Task TakeFreeTierAsync(FreeTierTerms free)
    {
        await ProjectAsync(new ProjectCommand.PutTier("free", new() { FreeTier = free }));
        await AccountAsync(Account, new AccountCommand.PutAccount(Account) { Tier = "free" });
    }

    /// <summary>Puts a budget on all that the account spends, in credits.</summary>
    public Task BudgetAsync(string id, long credits) => AccountAsync(Account, new AccountCommand.PutBudget(
        id, new(new(BudgetScopeKind.Account, ""), CreditAmount.FromCredits(credits), Period: null)));

    /// <summary>Issues a licence in the account; its key.</summary>
    public async Task<(string Key, ThingNumber Number)> LicenseAsync()
    {
        var secret = _app.Services.GetRequiredService<KeyRing>().NewLicense(Project, isTest: true);
        var (number, _) = await _app.Services.GetRequiredService<LicenseDirectory>()
            .PointAsync(Project, secret.Mac, Account, isChosen: false, Origin(), default);
        await AccountAsync(Account, new AccountCommand.IssueLicense(number, "seat", secret.Hint, null));
        return (secret.Secret, number);
    }

    public Task DeactivateAsync(ThingNumber license, string account = Account) =>
        AccountAsync(account, new AccountCommand.DeactivateLicense(license));

    /// <summary>Moves a licence into another account.</summary>
    public Task MoveAsync(ThingNumber license, string to) =>
        AccountAsync(Account, new AccountCommand.MoveLicense(license, to));

    public Task SuspendAsync() => AccountAsync(Account, new AccountCommand.SuspendAccount());

    public Task CloseAsync() => AccountAsync(Account, new AccountCommand.CloseAccount(ReleaseHolds: true));

    /// <summary>Posts a body and gives back the status, the headers and the text.</summary>
    public async Task<Said> PostAsync(string path, string body, params IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return await ReadAsync(response);
    }

    public async Task<Said> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        return await ReadAsync(response);
    }

    private static async Task<Said> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.ToDictionary(
            header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The journal of an account.</summary>
    public async Task<IReadOnlyList<SealedEntry>> EntriesAsync(string account = Account)
    {
        var chain = ChainKey.OfAccount(Project, account);
        var entries = new List<SealedEntry>();
        var state = await StateAsync(account);
        for (var sequence = 1L; sequence <= state.Sequence; sequence++)
            entries.Add((await Ledger.EntryAsync(chain, sequence, default))!);
        return entries;
    }

    public async Task<AccountState> StateAsync(string account = Account) =>
        (await Ledger.FindAccountAsync(Project, account, default))!;

    /// <summary>What all captures took.</summary>
    public async Task<IReadOnlyList<CreditAmount>> CapturesAsync(string account = Account) =>
    [
        .. from entry in await EntriesAsync(account)
           where entry.Entry.Body is EntryBody.Captured
           select ((EntryBody.Captured)entry.Entry.Body).Amount,
    ];

    /// <summary>Waits until no hold is open; a call that its client left is settled a little later.</summary>
    public async Task<AccountState> SettledAsync(string account = Account)
    {
        for (var i = 0; ; i++)
        {
            var state = await StateAsync(account);
            if (state.Holds.Length == 0) return state;
            if (i == 500) throw new TimeoutException("a hold stays open");
            await Task.Delay(20);
        }
    }

    public static JsonObject Metadata(SealedEntry entry) =>
        JsonNode.Parse(entry.Text!.Content.AsSpan())!["metadata"]!.AsObject();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private Task<Reply> ProjectAsync(ProjectCommand command) => ExecuteAsync(new()
    {
        Chain = ChainKey.OfProject(Project), Project = command, Origin = Origin(),
    });

    private Task<Reply> AccountAsync(string account, AccountCommand command) => ExecuteAsync(new()
    {
        Chain = ChainKey.OfAccount(Project, account), AccountId = account, Account = command, Origin = Origin(),
    });

    private async Task<Reply> ExecuteAsync(LedgerRequest request)
    {
        var reply = await Ledger.ExecuteAsync(request, default);
        return reply is Reply.Done ? reply : throw new InvalidOperationException($"{reply}");
    }

    private static Origin Origin() => new(null, [.. new byte[16]], default, [.. new byte[16]]);

    /// <param name="Status">Of the answer.</param>
    public sealed record Said(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public JsonNode Json => JsonNode.Parse(Body)!;
    }
}
