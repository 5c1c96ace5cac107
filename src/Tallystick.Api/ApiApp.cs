using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Observability;
using Tallystick.Api.Observability.Metrics;
using Tallystick.Api.OpenApi;
using Tallystick.Api.Watches;
using Tallystick.Contracts;
using Tallystick.Contracts.Gateway;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Engine.Limits;
using Tallystick.Engine.Network;
using Tallystick.Engine.Ports;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Api;

/// <summary>
/// Puts the API on a web application: the table of routes, who may call them, and one shape for every error.
/// </summary>
public static partial class ApiApp
{
    internal static IReadOnlyList<ApiRoute> Routes => RouteTable.All;

    /// <param name="pepper">The server's secret, under which keys are hashed, cursors and providers' keys
    /// sealed.</param>
    /// <param name="addresses">Where the server may connect to on an admin's word.</param>
    /// <param name="failuresMax">Credentials that may fail a minute from one address.</param>
    public static IServiceCollection AddTallystick(
        this IServiceCollection services, byte[] pepper, AddressRules addresses,
        int failuresMax = FailureBrake.FailuresDefault) => services
        .AddSingleton(addresses)
        .AddSingleton(provider => new KeyRing(provider.GetRequiredService<Ledger>(), pepper))
        .AddSingleton<LicenseDirectory>()
        .AddSingleton<IssuerClient>()
        .AddSingleton(provider => new TokenHolders(
            provider.GetRequiredService<Ledger>(), provider.GetRequiredService<KeyRing>(),
            provider.GetRequiredService<IssuerClient>(), TimeProvider.System,
            provider.GetRequiredService<ILogger<TokenHolders>>()))
        .AddSingleton(new FailureBrake(failuresMax, TimeProvider.System))
        .AddSingleton<IRateCounts>(provider => provider.GetRequiredService<Ledger>().SharedRates is { } shared
            ? new SharedRateCounts(shared, TimeProvider.System)
            : new RateCounts(TimeProvider.System))
        .AddSingleton<CallerLimits>()
        .AddSingleton<ProjectLoad>()
        .AddSingleton<Bearers>()
        .AddSingleton<Gate>()
        .AddSingleton<Payers>()
        .AddSingleton(new Cursors(pepper))
        .AddSingleton(new SecretBox(pepper))
        .AddSingleton(provider => new WatchList(TimeProvider.System, provider.GetRequiredService<ILoggerFactory>()))
        .AddSingleton<MetricsCollector>();

    /// <param name="gateway">What the gateway maps beside it, for the document; none where there is no gateway.</param>
    public static void MapTallystick(this WebApplication app, IReadOnlyList<GatewayRoute>? gateway = null)
    {
        app.Use(WithProblemsAsync);
        if (Routes.FirstOrDefault(route => route.Roles.Count == 0) is { } open)
            throw new InvalidOperationException($"{open.Method} {open.Pattern} does not say who may call it");
        var ledger = app.Services.GetRequiredService<Ledger>();
        var present = Routes.Where(route => ledger.Clock.IsTest || !route.OnlyWithTestClock).ToList();
        HealthEndpoints.Map(app, ledger);
        OpenApiEndpoints.Map(app, present, gateway ?? [], HealthEndpoints.Version);
        MetricsEndpoint.Map(app, app.Services.GetRequiredService<MetricsCollector>());
        var gate = app.Services.GetRequiredService<Gate>();
        foreach (var route in present)
            app.MapMethods(
                route.Pattern, [route.Method],
                (RequestDelegate)(context => PassAsync(context, gate, app.Services, route)));
    }

    /// <param name="services">Of the program: nothing here lives for one request, which is spared a scope.</param>
    private static async Task PassAsync(HttpContext context, Gate gate, IServiceProvider services, ApiRoute route)
    {
        if (await gate.EnterAsync(context, route) is not { } principal) return;
        var since = Stopwatch.GetTimestamp();
        Follower? follower = null;
        try
        {
            follower = new(services.GetRequiredService<WatchList>(), principal, TraceIds.Of(context), route);
            follower.Follow(null);
            if (context.Request.QueryString.HasValue) route.CheckQuery(context.Request.Query);
            await route.Run(new(context, services, principal, route, follower));
            follower.Answered(context.Response.StatusCode, since);
        }
        catch (RequestException refused)
        {
            follower?.Answered(refused.Status, since);
            throw;
        }
        finally
        {
            gate.Leave(principal);
        }
    }

    /// <summary>
    /// The one edge where requests are observed and faults become answers: what was refused, what the store could not
    /// do, and bugs. All in one method: each that waits for another costs every request something.
    /// </summary>
    private static async Task WithProblemsAsync(HttpContext context, RequestDelegate next)
    {
        using var observed = RequestObserver.Begin(context);
        var traceId = TraceIds.Begin(context);
        context.Response.Headers["Trace-Id"] = traceId;
        SecurityHeaders.Set(context.Response.Headers);
        try
        {
            if (Framing.IsAmbiguous(context.Request.Headers)) await Framing.RefuseAsync(context);
            else await next(context);
            // What the framework has refused by itself has no body yet.
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentLength: null, ContentType: null })
                await Problems.WriteAsync(context, ForStatus(context));
        }
        catch (RequestException refused)
        {
            await Problems.WriteAsync(context, Problems.From(refused, traceId));
        }
        catch (RejectionException refused)
        {
            await Problems.WriteAsync(context, Problems.From(refused.Rejection, traceId));
        }
        catch (OverloadedException)
        {
            await WriteAsync(context, 503, ErrorCodes.Overloaded, "Too much is waiting; try again shortly.", traceId);
        }
        catch (StoreUnavailableException fault)
        {
            LogFault(Logger(context), fault, traceId);
            const string Detail = "The store cannot do this now; nothing was changed.";
            await WriteAsync(context, 503, ErrorCodes.StoreUnavailable, Detail, traceId);
        }
        catch (IssuerUnavailableException)
        {
            const string Detail = "The token's issuer does not give its keys; try again shortly.";
            await WriteAsync(context, 502, ErrorCodes.UpstreamError, Detail, traceId);
        }
        catch (BadHttpRequestException fault)
        {
            await WriteAsync(
                context, fault.StatusCode, CodeFor(fault.StatusCode), "The request could not be read.", traceId);
        }
        catch (Exception left) when (HasLeft(context, left))
        {
            // Nobody is there to be answered; what was committed stays committed and its key finds it.
            return;
        }
        catch (Exception bug) when (!context.Response.HasStarted)
        {
            await Problems.WriteAsync(context, ReportBug(context, bug));
        }
        observed.Answered(context);
    }

    /// <summary>Its client is not there any more; that a connection was reset may be known here first.</summary>
    internal static bool HasLeft(HttpContext context, Exception fault) =>
        fault is ConnectionResetException
        || (fault is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested);

    /// <summary>Logs a bug; how it is answered.</summary>
    internal static ProblemResponse ReportBug(HttpContext context, Exception bug)
    {
        var traceId = TraceIds.Of(context);
        LogBug(Logger(context), bug, traceId);
        return Problems.Of(500, ErrorCodes.Internal, "This is a bug; the trace id finds it.") with
        {
            TraceId = traceId,
        };
    }

    private static Task WriteAsync(HttpContext context, int status, string code, string detail, string traceId) =>
        Problems.WriteAsync(context, Problems.Of(status, code, detail) with { TraceId = traceId });

    private static ProblemResponse ForStatus(HttpContext context)
    {
        var status = context.Response.StatusCode;
        return Problems.Of(status, CodeFor(status), status switch
        {
            404 => "There is no such route.",
            405 => "This route does not take that method.",
            _ => "The request was refused.",
        }) with { TraceId = TraceIds.Of(context) };
    }

    private static string CodeFor(int status) => status switch
    {
        404 => ErrorCodes.NotFound,
        405 => ErrorCodes.MethodNotAllowed,
        413 => ErrorCodes.PayloadTooLarge,
        415 => ErrorCodes.UnsupportedMediaType,
        >= 500 => ErrorCodes.Internal,
        _ => ErrorCodes.InvalidRequest,
    };

    private static ILogger Logger(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Tallystick.Api");

    [LoggerMessage(10, LogLevel.Error, "The store failed request {TraceId}", EventName = "request_failed")]
    private static partial void LogFault(ILogger logger, Exception fault, string traceId);

    [LoggerMessage(11, LogLevel.Critical, "A bug failed request {TraceId}", EventName = "bug")]
    private static partial void LogBug(ILogger logger, Exception bug, string traceId);
}
