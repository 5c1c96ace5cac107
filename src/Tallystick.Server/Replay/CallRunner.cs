using System.Collections.Concurrent;
using System.Text.Json;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;

namespace Tallystick.Server.Replay;

/// <summary>
/// Takes calls through their steps. Each answer is held against the plan at once; what is sent twice must be answered
/// twice with the same bytes. Thread-safe.
/// </summary>
internal sealed class CallRunner(string planName, LedgerClient ledger, ReplayTally tally)
{
    /// <summary>How many later requests a repetition lets pass.</summary>
    private const int RepeatLag = 256;
    private static readonly TimeSpan ExpiryPause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentQueue<(LedgerCall Call, LedgerAnswer First)> _repeats = new();
    private readonly ConcurrentQueue<OpenCall> _late = new();

    /// <summary>How many steps are left for <see cref="FinishAsync"/>.</summary>
    public int Unfinished => _late.Count + _repeats.Count;

    /// <summary>All of a call but what must wait for its hold to expire.</summary>
    public async Task RunAsync(PlannedCall plan, CancellationToken cancel)
    {
        var call = new OpenCall(plan);
        for (; !call.IsOver; call.Next++)
        {
            if (call.Step.Kind == StepKind.LateCapture)
            {
                _late.Enqueue(call);
                break;
            }
            var isHeld = call.HoldId.Length > 0;
            if (!await StepAsync(call, cancel)) break;
            if (!isHeld && plan.Work > TimeSpan.Zero) await Task.Delay(plan.Work, cancel);
        }
        if (_repeats.Count > RepeatLag && _repeats.TryDequeue(out var repeat)) await RepeatAsync(repeat, cancel);
        tally.AddCall();
    }

    /// <summary>One of the things that were left for later; false when none is.</summary>
    public async Task<bool> FinishAsync(CancellationToken cancel)
    {
        if (_repeats.TryDequeue(out var repeat))
        {
            await RepeatAsync(repeat, cancel);
            return true;
        }
        if (!_late.TryDequeue(out var call)) return false;
        if (await IsExpiredAsync(call, cancel))
            for (var goesOn = true; goesOn && !call.IsOver; call.Next++) goesOn = await StepAsync(call, cancel);
        return true;
    }

    private async Task<bool> StepAsync(OpenCall call, CancellationToken cancel)
    {
        var step = call.Step;
        var request = LedgerCalls.Step(planName, call.Plan, call.Next, call.HoldId, call.ChargeId);
        var answer = await SendAsync(request, step.Repeat == Repeat.AtOnce, cancel);
        if (WrongOf(call, step, answer) is { } wrong)
        {
            tally.AddFault($"{request.Method} {request.Path} of request {call.Plan.Number}: {wrong}");
            return false;
        }
        tally.AddAnswer(step.Kind, answer.Took);
        if (step.Repeat == Repeat.Later) _repeats.Enqueue((request, answer));
        return true;
    }

    private async Task<LedgerAnswer> SendAsync(LedgerCall request, bool hasTwin, CancellationToken cancel)
    {
        var answering = ledger.SendAsync(request, cancel);
        if (hasTwin)
        {
            var twin = ledger.SendAsync(request, cancel);
            await Task.WhenAll(answering, twin);
            Compare(request, await answering, await twin);
        }
        return await answering;
    }

    /// <summary>Reads the answer into the call; what is wrong with it, or null.</summary>
    private static string? WrongOf(OpenCall call, PlannedStep step, LedgerAnswer answer)
    {
        var due = StatusOf(step.Kind);
        if (answer.Status != due) return $"{due} was due, and the answer is {answer}";
        if (step.Kind == StepKind.Refusal) return null;
        var (id, amount) = Read(step.Kind, answer.Body);
        if (step.Kind is StepKind.Hold or StepKind.BriefHold) call.HoldId = id;
        if (step.Kind is StepKind.Capture or StepKind.LateCapture) call.ChargeId = id;
        return amount == step.Amount ? null : $"the amount is {amount} and not {step.Amount}";
    }

    private static int StatusOf(StepKind kind) => kind switch
    {
        StepKind.Hold or StepKind.BriefHold or StepKind.Refund => StatusCodes.Status201Created,
        StepKind.Refusal => StatusCodes.Status402PaymentRequired,
        _ => StatusCodes.Status200OK,
    };

    private static (string Id, Amount Amount) Read(StepKind kind, byte[] body)
    {
        switch (kind)
        {
            case StepKind.Refund:
                var refund = JsonSerializer.Deserialize(body, AnswerJson.Default.RefundResponse)!;
                return (refund.Id, refund.Amount);
            case StepKind.Capture or StepKind.LateCapture:
                var capture = JsonSerializer.Deserialize(body, AnswerJson.Default.CaptureResponse)!;
                return (capture.Id, capture.Amount);
            default:
                var hold = JsonSerializer.Deserialize(body, AnswerJson.Default.HoldResponse)!;
                return (hold.Id, hold.Amount);
        }
    }

    private async Task RepeatAsync((LedgerCall Call, LedgerAnswer First) repeat, CancellationToken cancel) =>
        Compare(repeat.Call, repeat.First, await ledger.SendAsync(repeat.Call, cancel));

    private void Compare(LedgerCall call, LedgerAnswer first, LedgerAnswer second)
    {
        tally.AddRepeat();
        if (!first.IsSameAs(second))
            tally.AddFault($"{call.Method} {call.Path} was answered {first} and, sent again, {second}");
    }

    /// <summary>Waits for the hold's end as the ledger sees it: its clock may be another.</summary>
    private async Task<bool> IsExpiredAsync(OpenCall call, CancellationToken cancel)
    {
        while (true)
        {
            var answer = await ledger.SendAsync(LedgerCalls.Hold(call.HoldId), cancel);
            var status = answer.Status == StatusCodes.Status200OK
                ? JsonSerializer.Deserialize(answer.Body, AnswerJson.Default.HoldResponse)!.Status
                : answer.ToString();
            if (status == "expired") return true;
            if (status != "held")
            {
                tally.AddFault($"hold {call.HoldId} of request {call.Plan.Number} should expire, and is {status}");
                return false;
            }
            await Task.Delay(ExpiryPause, cancel);
        }
    }
}
