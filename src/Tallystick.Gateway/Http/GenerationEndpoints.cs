using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tallystick.Contracts;
using Tallystick.Contracts.Generations;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;
using Tallystick.Gateway.Calls;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Generations;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Http;

/// <summary>Model calls in no provider's dialect: at once, or in the background with a status.</summary>
internal static class GenerationEndpoints
{
    private static readonly ProviderFamily[] Families =
        [ProviderFamily.OpenAi, ProviderFamily.Anthropic, ProviderFamily.Gemini];

    public static Task GenerateAsync(HttpContext context) => RunAsync(context, mayBeAsync: false);

    public static Task CreateAsync(HttpContext context) => RunAsync(context, mayBeAsync: true);

    public static Task GetAsync(HttpContext context)
    {
        var call = new GatewayCall(context, ErrorShape.Problem);
        return call.RunAsync(async holder => await AnswerAsync(call, 200, await FindAsync(call, holder)));
    }

    public static Task CancelAsync(HttpContext context)
    {
        var call = new GatewayCall(context, ErrorShape.Problem);
        return call.RunAsync(async holder =>
        {
            var found = await FindAsync(call, holder);
            var (chain, number) = Parse(call, holder) ?? default;
            var isRunning = found is { Status: "running" } && call.Service<GenerationBook>().Cancel(chain, number);
            if (found is null || isRunning || found.Status == "canceled")
            {
                await AnswerAsync(call, 200, isRunning ? found! with { Status = "canceling" } : found);
                return;
            }
            await call.RefuseAsync(new(409, ErrorCodes.Conflict, $"The generation is {found.Status}.")
            {
                Details = [("current_status", found.Status)],
            });
        });
    }

    private static Task RunAsync(HttpContext context, bool mayBeAsync)
    {
        var call = new GatewayCall(context, ErrorShape.Problem);
        return call.RunAsync(async holder =>
        {
            var key = call.IdempotencyKey()
                ?? throw new CallException("Idempotency-Key", "This request needs one, so that it can be repeated.");
            var (read, error) = await call.Service<BodyReader>().ReadAsync(context);
            if (read is null)
            {
                await call.RefuseAsync(error!);
                return;
            }
            using var bytes = read;
            call.RequireType(isForm: false);
            var asked = Parse(bytes.Bytes.Span);
            PlainCall.Check(asked);
            if (asked.Async is not null && !mayBeAsync) throw new CallException("async", "Unknown parameter: 'async'.");
            var isAsync = asked.Async == true;
            var meaning = JsonSerializer.Serialize(asked, ContractsJson.Default.GenerateRequest);
            meaning = $"{(mayBeAsync ? "generations" : "generate")}\n{meaning}";
            await RunAsync(call, holder, asked, key, meaning, isAsync);
        }, mayReplay: true);
    }

    private static async Task RunAsync(
        GatewayCall call, Holder holder, GenerateRequest asked, string key, string meaning, bool isAsync)
    {
        var family = await call.Service<CallServices>().Planner
            .FamilyAsync(holder.Project, asked.Model, Families, call.Context.RequestAborted);
        var (dialect, bytes) = PlainCall.Write(asked, family);
        var body = CallBody.Parse(bytes);
        var canceling = new CancellationTokenSource();
        var held = new TaskCompletionSource<HeldCall>(TaskCreationOptions.RunContinuationsAsynchronously);
        var book = call.Service<GenerationBook>();
        var request = call.Request(holder, dialect, body, new CallHeaders { ContentType = "application/json" }) with
        {
            IdempotencyKey = key, KeepsAnswer = true, ReadsAnswer = true, Meaning = CallMeaning.Of(meaning),
            Canceled = canceling.Token,
            Held = hold =>
            {
                book.Add(hold.Chain, hold.Hold, canceling);
                held.SetResult(hold);
            },
        };
        var running = WorkAsync();
        if (isAsync && await Task.WhenAny(held.Task, running) == held.Task)
        {
            var hold = await held.Task;
            var begun = await call.Service<GenerationReader>().FindAsync(hold.Chain, hold.Hold, default);
            await AnswerAsync(call, 201, begun);
            return;
        }
        await AnswerAsync(call, holder, await running);

        async Task<CallOutcome> WorkAsync()
        {
            try
            {
                var stopping = call.Service<CallsUnderWay>().Stopping;
                return await call.Service<CallRunner>().RunAsync(request, new MemoryAnswer(), stopping);
            }
            finally
            {
                if (held.Task.IsCompletedSuccessfully) book.Remove(held.Task.Result.Chain, held.Task.Result.Hold);
                body.Dispose();
                canceling.Dispose();
            }
        }
    }

    /// <summary>What is charged is answered from the journal alone, so that a replay gives the same bytes.</summary>
    private static async Task AnswerAsync(GatewayCall call, Holder holder, CallOutcome outcome)
    {
        var receipt = outcome switch
        {
            CallOutcome.Whole whole => whole.Receipt,
            CallOutcome.Replayed replayed => replayed.Receipt,
            CallOutcome.Streamed streamed => streamed.Receipt,
            _ => null,
        };
        if (receipt is null && outcome is CallOutcome.Whole or CallOutcome.Streamed)
        {
            const string Detail = "It is done and will be charged, but the store is away; ask again with the same key.";
            await call.RefuseAsync(new(503, ErrorCodes.StoreUnavailable, Detail));
            return;
        }
        var (chain, hold) = (default(ChainKey), default(ThingNumber));
        if (receipt is null || !ThingId.TryParse(receipt.HoldId, ThingId.Hold, holder.Project, out chain, out hold))
        {
            await Answers.OutcomeAsync(call.Context, ErrorShape.Problem, outcome is CallOutcome.Passed passed
                ? new CallOutcome.Refused(new(
                    passed.Status == 404 ? 404 : 400, ErrorCodes.InvalidRequest, "The provider refuses this request."))
                : outcome);
            return;
        }
        if (outcome is CallOutcome.Replayed) call.Context.Response.Headers["Idempotent-Replayed"] = "true";
        await AnswerAsync(call, 201, await call.Service<GenerationReader>().FindAsync(chain, hold, default));
    }

    private static Task AnswerAsync(GatewayCall call, int status, GenerationResponse? generation) => generation is null
        ? call.RefuseAsync(new(404, ErrorCodes.NotFound, "There is no such generation."))
        : Answers.BytesAsync(
            call.Context, status, "application/json",
            JsonSerializer.SerializeToUtf8Bytes(generation, ContractsJson.Default.GenerationResponse));

    private static async ValueTask<GenerationResponse?> FindAsync(GatewayCall call, Holder holder)
    {
        if (Parse(call, holder) is not var (chain, number)) return null;
        var found = await call.Service<GenerationReader>().FindAsync(chain, number, call.Context.RequestAborted);
        return found?.AccountId == holder.AccountId ? found : null;
    }

    private static (ChainKey Chain, ThingNumber Number)? Parse(GatewayCall call, Holder holder) =>
        ThingId.TryParse(
            (string)call.Context.Request.RouteValues["id"]!, GenerationReader.Prefix, holder.Project,
            out var chain, out var number)
            ? (chain, number)
            : null;

    private static GenerateRequest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ContractsJson.Default.GenerateRequest)
                ?? throw new CallException(null, "The body is null.");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            var path = (fault as JsonException)?.Path;
            throw new CallException(path?.Length > 2 ? path[2..] : "body", "not what is expected here");
        }
    }
}
