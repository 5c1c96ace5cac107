using Tallystick.Contracts;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Reports;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Runs a call: plan, hold, forward, relay, settle. Whatever comes of it, the hold is captured or released once, also
/// when the client has gone. Thread-safe.
/// </summary>
internal sealed class CallRunner(CallServices services)
{
    /// <summary>Longer calls have theirs extended.</summary>
    public static readonly Duration HoldLifetime = Duration.FromSeconds(900);

    private readonly KeyedTries _tries = new(services.Ledger);
    private readonly KeyedTurns _turns = new();

    public async Task<CallOutcome> RunAsync(CallRequest request, ICallAnswer answer, CancellationToken stopping)
    {
        if (request.IdempotencyKey is not { } key) return await RunOnceAsync(request, answer, stopping);
        using var turn = await _turns.EnterAsync(
            $"{request.Holder.Project} {request.Holder.AccountId} {key}", answer.Gone);
        return await RunOnceAsync(request, answer, stopping);
    }

    /// <summary>
    /// What a key has come to comes before everything else: whether a licence still holds, whether the model is still
    /// there.
    /// </summary>
    private async Task<CallOutcome> RunOnceAsync(CallRequest request, ICallAnswer answer, CancellationToken stopping)
    {
        var tries = 0;
        if (request.IdempotencyKey is { } used && !request.Dialect.IsFree)
            foreach (var account in request.Holder.Accounts)
            {
                (tries, var last) = await _tries.FindAsync(request.Holder.Project, account, used, stopping);
                if (last is not null && await EarlierAsync(request, last, stopping) is { } earlier) return earlier;
            }
        if (request.Holder.Refused is { } refusal) return new CallOutcome.Refused(Refusals.Of(refusal));
        var plan = await services.Planner.PlanAsync(request, services.Ledger.Clock.Now, stopping);
        if (plan is null) return new CallOutcome.Refused(new(
            404, ErrorCodes.NotFound, $"The model '{request.Call.Model}' does not exist or has no price here.")
            {
                Parameter = "model",
            });
        if (request.Dialect.IsFree) return await RunFreeAsync(request, plan, answer, stopping);
        while (true)
        {
            var key = request.IdempotencyKey is { } given ? KeyedTries.KeyOf(given, ++tries) : null;
            var (reply, held) = await HoldAsync(request, plan, key, stopping);
            if (reply is not Reply.Done done) return new CallOutcome.Refused(RefusalOf(reply, plan));
            if (!done.Replayed)
            {
                var hold = HeldCall.Of(done.Entry.Entry);
                request.Held?.Invoke(hold);
                using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, request.Canceled);
                return await new CallRun(services, request, held, hold).RunAsync(answer, ends.Token);
            }
            if (await ReplayAsync(done.Entry.Entry, stopping) is { } outcome) return outcome;
        }
    }

    /// <summary>
    /// What costs nothing is forwarded for every account that may spend at all, and read within the upstream's bounds.
    /// </summary>
    private async Task<CallOutcome> RunFreeAsync(
        CallRequest request, CallPlan plan, ICallAnswer answer, CancellationToken stopping)
    {
        var account = await services.Ledger.FindAccountAsync(
            request.Holder.Project, request.Holder.AccountId, stopping);
        if (account is null) return new CallOutcome.Refused(Refusals.Of(new Rejection.NotFound("account")));
        if (AccountRules.Check(account, default) is { } refused) return new CallOutcome.Refused(Refusals.Of(refused));
        var forwarded = await new Forwarder(services.Client, request, services.Time)
            .RunAsync(plan.Routes, plan.OutputTokens, answer, stopping);
        if (forwarded is Forwarded.Refused passed)
            return new CallOutcome.Passed(passed.Status, passed.ContentType, passed.Body);
        if (forwarded is Forwarded.Failed failed)
            return new CallOutcome.Refused(failed.Error) { RetryAfter = failed.RetryAfter };
        var (route, response) = (Forwarded.Answered)forwarded;
        using (response) return await ReadFreeAsync(request, route.Route.Upstream, response, answer, stopping);
    }

    private async Task<CallOutcome> ReadFreeAsync(
        CallRequest request, UpstreamConfig upstream, HttpResponseMessage response, ICallAnswer answer,
        CancellationToken stopping)
    {
        var type = response.Content.Headers.ContentType?.ToString() ?? "";
        if (!request.Dialect.Answers(type)) return new CallOutcome.Refused(Refusals.OfUpstream(RelayEnd.Broken));
        var meter = new ResponseMeter(request.Dialect.Response, isEventStream: false);
        var kept = new BufferedAnswer(answer);
        kept.Begin(200, type, []);
        using var body = await response.Content.ReadAsStreamAsync(stopping);
        var end = await new Relay(meter, kept, upstream, services.Time).RunAsync(body, stopping);
        if (end == RelayEnd.Complete && meter.IsBalanced)
            return kept.HasBegun ? new CallOutcome.Streamed(null) : new CallOutcome.Whole(type, kept.Kept, null);
        if (kept.HasBegun) kept.Abort();
        return new CallOutcome.Refused(Refusals.OfUpstream(end));
    }

    /// <summary>
    /// Holds for the dearest route; where the balance does not cover that, for the first alone; and where the project
    /// says so, for as long an answer as it does cover.
    /// </summary>
    private async Task<(Reply Reply, CallPlan Plan)> HoldAsync(
        CallRequest request, CallPlan plan, string? key, CancellationToken cancel)
    {
        var reply = await PlaceAsync(request, plan, key, cancel);
        if (IsShort(reply, out _) && plan.Routes.Length > 1)
        {
            plan = plan with { Routes = [plan.First] };
            reply = await PlaceAsync(request, plan, key, cancel);
        }
        if (IsShort(reply, out var available) && plan.First.Route.Upstream.ClampsWhenShort
            && request.Call.HasOutput && request.Dialect.TakesBound
            && plan.First.Affordable(available) is > 0 and var tokens)
        {
            plan = plan with { OutputTokens = tokens };
            reply = await PlaceAsync(request, plan, key, cancel);
        }
        return (reply, plan);
    }

    private static bool IsShort(Reply reply, out CreditAmount available)
    {
        var rejection = (reply as Reply.Refused)?.Rejection;
        available = rejection switch
        {
            Rejection.InsufficientCredits tooFew => tooFew.Available,
            Rejection.LimitReached limit => CreditAmount.Min(limit.Left, limit.Available),
            _ => default,
        };
        return rejection is Rejection.InsufficientCredits or Rejection.LimitReached;
    }

    private async Task<Reply> PlaceAsync(CallRequest request, CallPlan plan, string? key, CancellationToken cancel)
    {
        var holder = request.Holder;
        var route = plan.First.Route;
        var text = CallText.Of($"{route.Model} through {route.Upstream.Name}", new()
        {
            ["operation"] = request.Dialect.Name, ["model"] = request.Call.Model, ["upstream"] = route.Upstream.Name,
        });
        var project = await services.Ledger.FindProjectAsync(holder.Project, cancel);
        return await services.Ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfAccount(holder.Project, holder.AccountId),
                AccountId = holder.AccountId,
                Account = new AccountCommand.PlaceHold
                {
                    Demand = Demand.Of(plan.Amount), Offer = plan.Offer, ExpiresIn = HoldLifetime,
                    Spender = holder.SpenderOf(route.Model),
                },
                Origin = new(key, request.Meaning, holder.Key, request.TraceBytes)
                {
                    License = holder.License?.Number ?? default,
                    Labels = ReportLabels.Of(
                        project?.Settings.ReportKeys ?? [], Fields.Find(request.Body.Root, "metadata")),
                },
                LicenseMoves = holder.License?.Former.Length,
                Text = text,
            },
            cancel);
    }

    private static readonly GatewayError Mismatch =
        new(422, ErrorCodes.IdempotencyMismatch, "This key has been used for a different request.");

    private static GatewayError RefusalOf(Reply reply, CallPlan plan) => reply switch
    {
        Reply.KeyMismatch => Mismatch,
        Reply.Refused refused => Refusals.Of(refused.Rejection, plan.First),
        _ => throw new System.Diagnostics.UnreachableException(reply.Word),
    };

    /// <summary>What the last try with a key came to; null where that leaves the key free.</summary>
    private async Task<CallOutcome?> EarlierAsync(CallRequest request, SealedEntry last, CancellationToken cancel)
    {
        var isSame = last.Entry.Origin!.RequestHash.AsSpan().SequenceEqual(request.Meaning.AsSpan());
        // Whoever used the key for something else than a call has it for good.
        var isCall = last.Entry.Body is EntryBody.HoldPlaced
            && (isSame || CallText.Read(last.Text)?["metadata"]?["operation"] is not null);
        if (!isCall) return new CallOutcome.Refused(Mismatch);
        return await ReplayAsync(last.Entry, cancel) is not { } outcome ? null
            : isSame ? outcome
            : new CallOutcome.Refused(Mismatch);
    }

    /// <summary>
    /// What an earlier call with this key came to; null where it came to nothing and the key is free again.
    /// </summary>
    private async Task<CallOutcome?> ReplayAsync(JournalEntry placed, CancellationToken cancel)
    {
        var view = await services.Ledger.ViewAsync(placed.Chain, cancel);
        var hold = view is null ? null : await view.HoldAsync(placed.Number);
        if (hold is null || hold.Status is HoldStatus.Released or HoldStatus.Expired) return null;
        if (hold.Status == HoldStatus.Held)
            return new CallOutcome.Refused(new(
                409, ErrorCodes.Conflict, "The call with this key is still running, or was cut off; ask again later."));
        var entry = (await services.Ledger.EntryAsync(placed.Chain, hold.EndedBy, cancel))!;
        return StoredAnswer.Read(entry) is { } answer
            ? new CallOutcome.Replayed(answer, Receipt.Of(entry))
            : new CallOutcome.Refused(new(
                409, ErrorCodes.Conflict, "The call with this key was answered and charged; its answer was not kept."));
    }
}
