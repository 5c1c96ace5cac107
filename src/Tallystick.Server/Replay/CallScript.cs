using Tallystick.Contracts.Json;
using Tallystick.Server.Replay.Traces;

namespace Tallystick.Server.Replay;

/// <summary>
/// What becomes of one request: most are captured, some fail (and all that failed in the trace), some are left to
/// expire, some are captured late, and some of what was captured is given back.
/// </summary>
internal sealed class CallScript(ReplayOptions options, Random random)
{
    private const int PerThousand = 1_000, RefusedPerMille = 10;
    private const int FailedPerMille = 40, AbandonedPerMille = 20, LatePerMille = 10;
    private const int RefundedWhollyPerMille = 20, RefundedInPartPerMille = 40;

    /// <summary>Steps but for refusals, whose amounts depend on what the account gets in all.</summary>
    public List<PlannedStep> Write(TraceRequest request)
    {
        var held = Positive(options.Rates.BoundOf(request, options.OutputTokensMax));
        var used = options.Rates.CostOf(request);
        var steps = new List<PlannedStep>(4);
        if (Chance(RefusedPerMille)) steps.Add(new(StepKind.Refusal, default, Repeat.Never));
        var fate = random.Next(PerThousand);
        if ((fate -= FailedPerMille) < 0 || request.HasFailed)
        {
            steps.Add(Step(StepKind.Hold, held));
            steps.Add(Step(StepKind.Release, held));
        }
        else if ((fate -= AbandonedPerMille) < 0)
        {
            steps.Add(Step(StepKind.BriefHold, held));
        }
        else
        {
            var isLate = fate < LatePerMille;
            steps.Add(Step(isLate ? StepKind.BriefHold : StepKind.Hold, held));
            steps.Add(Step(isLate ? StepKind.LateCapture : StepKind.Capture, used));
            steps.AddRange(Refunds(used));
        }
        return steps;
    }

    /// <summary>Whole, or one or two parts.</summary>
    private IEnumerable<PlannedStep> Refunds(Amount used)
    {
        var fate = random.Next(PerThousand);
        if (used.Micros < 3) yield break;
        if ((fate -= RefundedWhollyPerMille) < 0)
        {
            yield return Step(StepKind.Refund, used);
        }
        else if (fate < RefundedInPartPerMille)
        {
            yield return Step(StepKind.Refund, new(used.Micros / 3));
            if (Chance(PerThousand / 2)) yield return Step(StepKind.Refund, new(used.Micros / 2));
        }
    }

    private PlannedStep Step(StepKind kind, Amount amount)
    {
        // Both are drawn always: how many are sent twice must not change what is sent.
        var (percent, repeat) = (random.Next(100), random.Next(2) == 0 ? Repeat.AtOnce : Repeat.Later);
        if (percent >= options.DuplicatePercent) repeat = Repeat.Never;
        return new(kind, amount, repeat);
    }

    private bool Chance(int perMille) => random.Next(PerThousand) < perMille;

    private static Amount Positive(Amount amount) => new(Math.Max(1, amount.Micros));
}
