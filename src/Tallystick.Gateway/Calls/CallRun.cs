using Tallystick.Contracts;
using Tallystick.Core.Journal;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Calls;

/// <summary>One call, from its hold to its end.</summary>
internal sealed class CallRun(CallServices services, CallRequest request, CallPlan plan, HeldCall held)
{
    private readonly Forwarder _forwarder = new(services.Client, request, services.Time);
    private readonly long _started = services.Time.GetTimestamp();

    public async Task<CallOutcome> RunAsync(ICallAnswer answer, CancellationToken stopping)
    {
        using var keeper = new HoldKeeper(services, request, held);
        Forwarded forwarded;
        try
        {
            forwarded = await _forwarder.RunAsync(plan.Routes, plan.OutputTokens, answer, stopping);
        }
        catch
        {
            await ReleaseAsync(ErrorCodes.Internal);
            throw;
        }
        switch (forwarded)
        {
            case Forwarded.Answered answered:
                using (answered.Response) return await RelayAsync(answered, answer, stopping);
            case Forwarded.Refused refused:
                await ReleaseAsync($"refused with {refused.Status}");
                return new CallOutcome.Passed(refused.Status, refused.ContentType, refused.Body);
            case Forwarded.Failed failed:
                await ReleaseAsync(failed.Error.Code);
                return new CallOutcome.Refused(failed.Error) { RetryAfter = failed.RetryAfter };
            default:
                throw new System.Diagnostics.UnreachableException(forwarded.GetType().Name);
        }
    }

    private async Task<CallOutcome> RelayAsync(
        Forwarded.Answered answered, ICallAnswer answer, CancellationToken stopping)
    {
        var type = answered.Response.Content.Headers.ContentType?.ToString() ?? "application/octet-stream";
        var isStream = type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
        if (!request.Dialect.Answers(type) || (request.ReadsAnswer && isStream))
            return await FailAsync("an answer of another type");

        var relayed = new AnsweredCall(services, request, held, answered.Route, plan.Prices)
        {
            ContentType = type, Attempts = _forwarder.Attempts, Started = _started,
        };
        var (end, listener) = await relayed.PassAsync(answered.Response, answer, stopping);
        if (!relayed.IsWorthPaying(end, listener))
        {
            var outcome = await FailAsync($"{end}", end);
            if (listener.HasBegun) await relayed.BreakOffAsync(listener, ((CallOutcome.Refused)outcome).Error);
            return outcome;
        }
        var receipt = await relayed.CaptureAsync(end, listener);
        if (listener is BufferedAnswer { HasBegun: false } kept)
            return new CallOutcome.Whole(type, kept.Kept, receipt);
        if (!relayed.IsWhole(end))
            await relayed.BreakOffAsync(listener, new(502, ErrorCodes.UpstreamError, "The provider broke off."));
        await relayed.CloseAsync(listener, receipt);
        return new CallOutcome.Streamed(receipt);
    }

    private async Task<CallOutcome> FailAsync(string why, RelayEnd end = RelayEnd.Broken)
    {
        await ReleaseAsync(why);
        return new CallOutcome.Refused(Refusals.OfUpstream(end));
    }

    private Task ReleaseAsync(string why)
    {
        var record = CallRecord.Of(request, _forwarder.Attempts, services.Time.GetElapsedTime(_started));
        CallMeter.Failed();
        record["failed"] = request.Canceled.IsCancellationRequested ? "canceled" : why;
        var origin = new Origin(null, default, request.Holder.Key, request.TraceBytes);
        return services.Settler.ReleaseAsync(
            held.Chain, held.Hold, origin, CallText.Of($"{request.Call.Model} came to nothing", record));
    }
}
