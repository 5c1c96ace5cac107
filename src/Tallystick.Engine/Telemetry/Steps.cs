using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Telemetry;

/// <summary>
/// One request on its way through the ledger, told step by step: as log events where somebody watches it, as spans
/// where it is traced. Null in a <see cref="LedgerRequest"/> where neither is the case, which is what makes it free.
/// </summary>
/// <param name="traceId">Of the request: in its answer's header, its journal entry and each of these events.</param>
/// <param name="log">Null unless watched.</param>
/// <param name="parent">The request's span; the default where it is not traced.</param>
public sealed partial class Steps(string traceId, ILogger? log, ActivityContext parent)
{
    private string _account = "";

    /// <summary>The request is known and its caller too.</summary>
    public void Received(string method, string route, string key)
    {
        if (log is not null) LogReceived(log, traceId, method, route, key);
    }

    /// <summary>An account was read, as a charge would see it.</summary>
    public void Read(AccountState account)
    {
        _account = account.AccountId;
        if (log is null) return;
        LogRead(log, traceId, account.AccountId, account.Available, account.Owed, account.Terms.OverdraftLimit);
    }

    /// <summary>The answer is on its way.</summary>
    public void Answered(int status, long since)
    {
        if (log is not null) LogAnswered(log, traceId, _account, status, Microseconds(since));
    }

    internal void Queued(LedgerRequest request, long since)
    {
        _account = request.AccountId ?? "";
        Span("queue", since)?.Stop();
        if (log is not null) LogQueued(log, traceId, CommandOf(request), _account, Microseconds(since));
    }

    internal void Decided(LedgerRequest request, Reply reply, long since)
    {
        if (Span("decide", since) is { } span)
        {
            span.SetTag("tallystick.command", CommandOf(request));
            span.SetTag("tallystick.outcome", reply.Word);
            if (reply is Reply.Refused refused) span.SetTag("tallystick.code", refused.Rejection.Code);
            span.Stop();
        }
        if (log is not null) LogDecision(log, request, reply);
    }

    internal void Committed(Reply reply, int commands, long since)
    {
        if (reply is not Reply.Done { Replayed: false } done) return;
        if (Span("commit", since) is { } span)
        {
            span.SetTag("tallystick.batch.size", commands);
            span.Stop();
        }
        if (log is null) return;
        LogCommitted(log, traceId, _account, done.Entry.Entry.Sequence, commands, Microseconds(since));
    }

    internal void Failed(Exception fault)
    {
        if (log is not null) LogFailed(log, fault, traceId, _account);
    }

    private void LogDecision(ILogger logger, LedgerRequest request, Reply reply)
    {
        if (StateOf(reply) is AccountState state) _account = state.AccountId;
        switch (reply)
        {
            case Reply.Done done:
                var entry = done.Entry.Entry;
                LogDecided(
                    logger, traceId, _account, reply.Word, entry.Body.Word, entry.Sequence, Split.Of(entry),
                    entry.BalanceAfter, entry.AvailableAfter);
                break;
            case Reply.Refused refused:
                LogRefused(
                    logger, traceId, _account, CommandOf(request), refused.Rejection.Code,
                    refused.Rejection.ToString());
                break;
            default:
                LogOther(logger, traceId, _account, CommandOf(request), reply.Word);
                break;
        }
    }

    /// <summary>A span that began then and ends now; null where the request is not traced.</summary>
    private Activity? Span(string name, long since)
    {
        if (parent == default) return null;
        var now = TimeProvider.System.GetUtcNow();
        var span = Signals.Source.StartActivity(
            name, ActivityKind.Internal, parent, startTime: now - Stopwatch.GetElapsedTime(since));
        return span?.SetEndTime(now.UtcDateTime);
    }

    private static ChainState? StateOf(Reply reply) => reply switch
    {
        Reply.Done done => done.State,
        Reply.Refused refused => refused.State,
        Reply.Unchanged unchanged => unchanged.State,
        _ => null,
    };

    private static long Microseconds(long since) => (long)Stopwatch.GetElapsedTime(since).TotalMicroseconds;

    private static string CommandOf(LedgerRequest request) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(((object)request.Account! ?? request.Project!).GetType().Name);

    [LoggerMessage(
        30, LogLevel.Information, "{TraceId} {Method} {Route} from key {Key}", EventName = "step_received")]
    private static partial void LogReceived(ILogger logger, string traceId, string method, string route, string key);

    [LoggerMessage(
        37, LogLevel.Information,
        "{TraceId} account {AccountId} read: available {Available}, debt {Debt}, may owe {OverdraftLimit}",
        EventName = "step_read")]
    private static partial void LogRead(
        ILogger logger, string traceId, string accountId, Core.Money.CreditAmount available,
        Core.Money.CreditAmount debt, Core.Money.CreditAmount overdraftLimit);

    [LoggerMessage(
        38, LogLevel.Information, "{TraceId} account {AccountId} answered {Status} after {DurationMicroseconds} µs",
        EventName = "step_sent")]
    private static partial void LogAnswered(
        ILogger logger, string traceId, string accountId, int status, long durationMicroseconds);

    [LoggerMessage(
        31, LogLevel.Information, "{TraceId} {Command} of account {AccountId} waited {WaitMicroseconds} µs",
        EventName = "step_queued")]
    private static partial void LogQueued(
        ILogger logger, string traceId, string command, string accountId, long waitMicroseconds);

    [LoggerMessage(
        32, LogLevel.Information,
        "{TraceId} account {AccountId}: {Outcome} {Kind} {Sequence}: {Split}; balance {Balance}, available {Available}",
        EventName = "step_decided")]
    private static partial void LogDecided(
        ILogger logger, string traceId, string accountId, string outcome, string kind, long sequence, string split,
        Core.Money.CreditAmount balance, Core.Money.CreditAmount available);

    [LoggerMessage(
        33, LogLevel.Information, "{TraceId} account {AccountId}: {Command} refused, {Code}: {Refusal}",
        EventName = "step_refused")]
    private static partial void LogRefused(
        ILogger logger, string traceId, string accountId, string command, string code, string refusal);

    [LoggerMessage(
        34, LogLevel.Information, "{TraceId} account {AccountId}: {Command}: {Outcome}", EventName = "step_answered")]
    private static partial void LogOther(
        ILogger logger, string traceId, string accountId, string command, string outcome);

    [LoggerMessage(
        35, LogLevel.Information,
        "{TraceId} account {AccountId}: entry {Sequence} is durable; batch of {Commands}, {CommitMicroseconds} µs",
        EventName = "step_committed")]
    private static partial void LogCommitted(
        ILogger logger, string traceId, string accountId, long sequence, int commands,
        long commitMicroseconds);

    [LoggerMessage(36, LogLevel.Information, "{TraceId} account {AccountId}: not stored", EventName = "step_failed")]
    private static partial void LogFailed(ILogger logger, Exception fault, string traceId, string accountId);
}
