using System.CommandLine;
using Tallystick.Api;
using Tallystick.Api.Pricing;
using Tallystick.Contracts.Gateway;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Housekeeping;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Gateway;
using Tallystick.Server.Logging;

namespace Tallystick.Server.Commands;

/// <summary><c>tally serve</c>: the ledger over HTTP.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>
    /// From the signal to end: thirty seconds at most for requests under way, as the host has it, and what is left for
    /// the last seal and the store.
    /// </summary>
    public static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(35);

    private const string UrlDefault = "http://127.0.0.1:8480";
    private const int StartAttemptsMax = 20;
    private static readonly TimeSpan BrokenGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(500);

    private static readonly Option<string?> Urls = new("--urls")
    {
        Description = $"Where to listen [TALLY_URLS; {UrlDefault}]",
        HelpName = "URL",
    };

    private static readonly Option<DateTimeOffset?> TestClock = new("--test-clock")
    {
        Description = "Start with a clock that stands still at this time (for tests; a store remembers it)",
    };

    public static readonly Option<bool> AcceptClock = new("--accept-clock")
    {
        Description = "Believe a clock that is more than 24 hours ahead of the last seal. Credits may expire by it",
    };

    public static Command Create()
    {
        var command = new Command(Name, "Serve the ledger over HTTP")
        {
            Urls, Stores.Data, Stores.Postgres, Pepper.PepperFile, Stores.AllowUnsafeDurability, TestClock, AcceptClock,
            HttpSettings.MaxConnections, HttpSettings.TrustedProxies, GatewaySettings.CallsFile,
            GatewaySettings.AllowPrivateUpstreams, LogOptions.FormatOption, LogOptions.LevelOption,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(TestClock), cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, DateTimeOffset? testClock, CancellationToken cancel)
    {
        // What is wrong with the command is said before a store is touched.
        var (http, log, key) = (HttpSettings.Of(parsed), LogOptions.Of(parsed), FirstKeyGiven());
        var pepper = Pepper.Load(parsed);
        var store = await Stores.OpenAsync(parsed, isTestClock: testClock is not null, pepper, cancel);
        foreach (var warning in store.Warnings) await Console.Error.WriteLineAsync($"Warning: {warning}");
        if (testClock is null && !parsed.GetValue(AcceptClock)) await CheckClockAsync(store, cancel);
        using var export = OtlpExport.StartIfAsked();
        await using var app = Build(parsed, (http, log), store, pepper, testClock);
        var ledger = app.Services.GetRequiredService<Ledger>();
        var keys = app.Services.GetRequiredService<KeyRing>();
        var (shown, isAnother) = await PatientlyAsync(() => FirstKey.EnsureAsync(ledger, keys, key, cancel), cancel);
        if (shown is not null) Console.WriteLine($"Admin key (shown once): {shown}");
        if (isAnother)
            Console.WriteLine(
                $"{ServerOptions.KeyVariable} is new here: it was added as an admin key, and those before it work on. "
                + "GET /api/v1/keys lists them, DELETE /api/v1/keys/{id} revokes one.");
        await DefaultPrices.EnsureAsync(ledger, ChainKey.FirstProject, cancel);
        await app.StartAsync(cancel);
        Console.WriteLine($"Tallystick listens on {string.Join(", ", app.Urls)}");
        Console.WriteLine($"The API's page is {app.Urls.First()}/docs");
        var ended = await Task.WhenAny(app.WaitForShutdownAsync(cancel), ledger.Running);
        if (ended != ledger.Running) return ExitCode.Ok;
        await Console.Error.WriteLineAsync(
            $"The ledger had to stop: {ledger.Running.Exception?.GetBaseException().Message}");
        // Whoever still waits is told so.
        using var grace = new CancellationTokenSource(BrokenGrace);
        await app.StopAsync(grace.Token);
        return ExitCode.Broken;
    }

    private static string? FirstKeyGiven() => Given.In(ServerOptions.KeyVariable) is not { } key ? null
        : SecretForm.ProjectOf(key) == KeyRing.DefaultProject ? key
        : throw new UsageException($"{ServerOptions.KeyVariable} takes 32-128 printable ASCII characters.");

    /// <summary>Before anything can fall due by it.</summary>
    public static async Task CheckClockAsync(OpenedStore store, CancellationToken cancel)
    {
        var now = Instant.From(store.Time.GetUtcNow());
        var leap = await PatientlyAsync(
            async () => await ClockCheck.FindLeapAsync(store.Store, now, cancel), cancel);
        if (leap is not { } ahead) return;
        await store.Store.DisposeAsync();
        throw new StoreRefusedException(
            $"The clock says {now}, {ahead.Micros / 3_600_000_000} hours after the last seal. If that is right, "
            + "because nothing was written for so long, say --accept-clock. If not, credits would expire by it "
            + "for good.");
    }

    /// <summary>A database that is slow to begin with is waited for.</summary>
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (StoreUnavailableException) when (attempt < StartAttemptsMax)
            {
                await Task.Delay(StartPause, cancel);
            }
        }
    }

    private static WebApplication Build(
        ParseResult parsed, (HttpSettings Http, LogOptions Log) settings, OpenedStore store, byte[] pepper,
        DateTimeOffset? testClock)
    {
        // An empty builder watches no files: a watcher over the data folder costs a third of the throughput.
        var builder = WebApplication.CreateEmptyBuilder(new());
        var urls = parsed.GetValue(Urls) ?? Given.In("TALLY_URLS") ?? UrlDefault;
        builder.WebHost.UseKestrelCore().UseUrls(urls.Split(';')).ConfigureKestrel(settings.Http.Configure);
        builder.Services.AddRoutingCore();
        settings.Log.Configure(builder.Logging);
        builder.Services.AddSingleton(
            testClock is { } start ? LedgerClock.Test(Instant.From(start)) : new(store.Time));
        builder.Services.AddSingleton(services => new Ledger(
            store.Store, services.GetRequiredService<LedgerClock>(), store.Lanes,
            services.GetRequiredService<ILogger<Ledger>>()));
        var gateway = GatewaySettings.Of(parsed);
        builder.Services.AddTallystick(pepper, new(gateway.AllowsPrivateUpstreams)).AddTallystickGateway(gateway);
        var app = builder.Build();
        settings.Http.BelieveProxies(app);
        app.UseRouting();
        app.MapTallystick(GatewayRoutes.All);
        app.MapTallystickGateway();
        return app;
    }
}
