using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tallystick.Contracts;
using Tallystick.Engine;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Engine.Limits;
using Tallystick.Engine.Ports;
using Tallystick.Gateway.Calls;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Http;

/// <summary>
/// One request to the gateway: who calls, what it is, and how every end of it is told in the provider's words.
/// </summary>
internal sealed partial class GatewayCall(HttpContext context, ErrorShape errors)
{
    private const int KeyLengthMax = 255;

    private readonly IServiceProvider _services = context.RequestServices;

    public HttpContext Context { get; } = context;

    public T Service<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Runs an endpoint for its holder. The one edge where faults become answers of a provider.</summary>
    /// <param name="mayReplay">It looks for what a key has come to before it asks whether the licence holds.</param>
    public async Task RunAsync(Func<Holder, Task> endpoint, bool mayReplay = false)
    {
        try
        {
            if (await HolderAsync() is not { } holder) return;
            if (holder.Refused is { } over && !(mayReplay && IdempotencyKey() is not null))
                throw new RefusedException(Refusals.Of(over));
            await RunAsync(holder, endpoint);
        }
        catch (RefusedException refused)
        {
            var after = refused.RetryAfter?.ToString(CultureInfo.InvariantCulture);
            await Answers.ErrorAsync(Context, errors, refused.Error, after);
        }
        catch (CallException wrong)
        {
            await RefuseAsync(new(400, ErrorCodes.InvalidRequest, wrong.Message) { Parameter = wrong.Parameter });
        }
        catch (OverloadedException)
        {
            await RefuseAsync(new(503, ErrorCodes.Overloaded, "Too much is waiting; try again shortly."));
        }
        catch (StoreUnavailableException fault)
        {
            LogFault(Logger, fault, Answers.TraceId(Context));
            const string Detail = "The store cannot do this now; nothing was charged.";
            await RefuseAsync(new(503, ErrorCodes.StoreUnavailable, Detail));
        }
        catch (IssuerUnavailableException)
        {
            const string Detail = "The token's issuer does not give its keys; try again shortly.";
            await RefuseAsync(new(502, ErrorCodes.UpstreamError, Detail));
        }
        catch (BadHttpRequestException fault)
        {
            await RefuseAsync(new(fault.StatusCode, ErrorCodes.InvalidRequest, "The request could not be read."));
        }
        catch (OperationCanceledException) when (Context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered; what was held is settled by whoever held it.
        }
    }

    private async Task RunAsync(Holder holder, Func<Holder, Task> endpoint)
    {
        var load = Service<ProjectLoad>();
        if (!await load.TryEnterAsync(holder.Caller, Context.RequestAborted))
            throw new RefusedException(
                429, ErrorCodes.RateLimited, "Too many requests of this project are under way.") { RetryAfter = 1 };
        try
        {
            await endpoint(holder);
        }
        finally
        {
            load.Leave(holder.Caller.Project);
        }
    }

    /// <summary>Runs a call of a dialect from its body to its answer.</summary>
    public async Task ForwardAsync(Holder holder, Dialect dialect, bool isForm = false)
    {
        var (read, error) = await Service<BodyReader>().ReadAsync(Context);
        using var bytes = read;
        if (bytes is null)
        {
            await RefuseAsync(error!);
            return;
        }
        RequireType(isForm);
        using var body = isForm
            ? CallBody.ParseForm(bytes.Bytes, Context.Request.ContentType)
            : CallBody.Parse(bytes.Bytes);
        var type = isForm ? Context.Request.ContentType! : "application/json";
        var headers = CallHeaders.Of(Context.Request.Headers, type);
        await AnswerAsync(Request(holder, dialect, body, headers));
    }

    public CallRequest Request(Holder holder, Dialect dialect, CallBody body, CallHeaders headers)
    {
        var (call, key) = (dialect.Read(body), IdempotencyKey());
        return new(holder, dialect, body, call, headers)
        {
            IdempotencyKey = key,
            KeepsAnswer = key is not null,
            Meaning = key is null
                ? CallMeaning.Of($"{dialect.Name} {call.Model}")
                : CallMeaning.Of(dialect.Name, call.Model, body),
            TraceId = Answers.TraceId(Context),
        };
    }

    /// <summary>Runs a call and answers with what came of it.</summary>
    public async Task AnswerAsync(CallRequest request)
    {
        var answer = new HttpAnswer(Context, HttpAnswer.PatienceDefault);
        var stopping = Service<CallsUnderWay>().Stopping;
        var outcome = await Service<CallRunner>().RunAsync(request, answer, stopping);
        if (!answer.IsGone) await Answers.OutcomeAsync(Context, errors, outcome);
    }

    public string? IdempotencyKey()
    {
        var values = Context.Request.Headers["Idempotency-Key"];
        if (values.Count == 0) return null;
        var key = values.Count == 1 ? values[0] ?? "" : "";
        return key.Length is >= 1 and <= KeyLengthMax && !key.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? key
            : throw new CallException("Idempotency-Key", "1-255 printable ASCII characters without spaces, once.");
    }

    public Task JsonAsync(JsonObject body) => Answers.BytesAsync(
        Context, 200, "application/json", Encoding.UTF8.GetBytes(body.ToJsonString()));

    public Task RefuseAsync(GatewayError error) => Answers.ErrorAsync(Context, errors, error);

    private async ValueTask<Holder?> HolderAsync()
    {
        var holder = await Service<Holders>().FindAsync(Context);
        if (holder is null)
            await RefuseAsync(
                new(401, ErrorCodes.Unauthenticated, "Send one valid key, in the header that your SDK uses."));
        return holder;
    }

    public void RequireType(bool isForm)
    {
        var type = Context.Request.ContentType ?? "";
        var expected = isForm ? "multipart/form-data" : "application/json";
        if (!type.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
            throw new RefusedException(415, ErrorCodes.UnsupportedMediaType, $"Send {expected}.");
    }

    private ILogger Logger => Service<ILoggerFactory>().CreateLogger("Tallystick.Gateway");

    [LoggerMessage(35, LogLevel.Error, "The store failed a call {TraceId}", EventName = "call_failed")]
    private static partial void LogFault(ILogger logger, Exception fault, string traceId);
}
