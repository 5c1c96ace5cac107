using Tallystick.Server.Replay;
using Tallystick.Server.Replay.Traces;
using Xunit;

namespace Tallystick.Server.Tests.Replay;

/// <summary>The plan: what will be sent and what must come of it.</summary>
public sealed class PlannerTests
{
    private static readonly ReplayOptions Options = new()
    {
        Trace = MadeUpTrace.Make(3_000, 5), Rates = TokenRates.Default, Accounts = 40, Seed = 5, AtOnce = 8,
        OutputTokensMax = 256, DuplicatePercent = 10, ReorderPercent = 0, KillEvery = 0,
    };

    [Fact]
    public void The_same_options_make_the_same_plan() =>
        Assert.Equal(Lines(Planner.Make(Options)), Lines(Planner.Make(Options)));

    [Fact]
    public void Another_order_is_the_same_calls_at_the_same_times()
    {
        var (plan, reordered) = (Planner.Make(Options), Planner.Make(Options with { ReorderPercent = 50, Speed = 2 }));
        Assert.NotEqual(Lines(plan), Lines(reordered));
        Assert.Equal(Lines(plan).Order(), Lines(reordered).Order());
        Assert.Equal(reordered.Calls.Select(call => call.At).Order(), reordered.Calls.Select(call => call.At));
    }

    [Fact]
    public void Every_way_that_a_call_can_go_is_in_it()
    {
        var steps = Planner.Make(Options).Calls.SelectMany(call => call.Steps).ToList();
        Assert.All(Enum.GetValues<StepKind>(), kind => Assert.Contains(steps, step => step.Kind == kind));
        Assert.All(Enum.GetValues<Repeat>(), repeat => Assert.Contains(steps, step => step.Repeat == repeat));
        Assert.All(steps, step => Assert.True(step.Amount.Micros > 0));
    }

    [Fact]
    public void Captures_cost_what_the_trace_and_the_rates_say_and_some_exceed_their_hold()
    {
        var calls = Planner.Make(Options).Calls;
        var captured = calls.Where(call => call.Steps.Any(IsCapture)).ToList();
        Assert.All(captured, call => Assert.Equal(
            Options.Rates.CostOf(Options.Trace.Requests[call.Number]), call.Steps.First(IsCapture).Amount));
        Assert.Contains(captured, call => call.Steps.First(IsCapture).Amount.Micros
            > call.Steps.First(step => step.Kind is StepKind.Hold or StepKind.BriefHold).Amount.Micros);
    }

    [Fact]
    public void What_failed_in_the_trace_is_held_and_given_back()
    {
        var trace = new Trace("a trace", [
            .. Options.Trace.Requests.Select((request, at) => request with { HasFailed = at % 2 == 0 }),
        ]);
        Assert.All(
            Planner.Make(Options with { Trace = trace }).Calls.Where(call => call.Number % 2 == 0),
            call => Assert.Equal(
                [StepKind.Hold, StepKind.Release],
                call.Steps.Select(step => step.Kind).Where(kind => kind != StepKind.Refusal)));
    }

    /// <summary>Then no order of events, and no number of them at once, can refuse or owe anything.</summary>
    [Fact]
    public void Grants_cover_all_calls_of_an_account_at_once_and_refusals_are_beyond_them()
    {
        var plan = Planner.Make(Options);
        foreach (var account in plan.Accounts)
        {
            var calls = plan.Calls.Where(call => call.AccountId == account.AccountId).ToList();
            var granted = account.Grants.Sum(grant => grant.Amount.Micros);
            var most = calls.Sum(call => call.Steps.Where(step => step.Kind != StepKind.Refusal)
                .Max(step => step.Amount.Micros));
            Assert.Equal(most, granted);
            Assert.All(calls.SelectMany(call => call.Steps).Where(step => step.Kind == StepKind.Refusal),
                step => Assert.True(step.Amount.Micros > granted));
        }
    }

    [Fact]
    public void Refunds_never_exceed_their_capture() => Assert.All(
        Planner.Make(Options).Calls.Where(call => call.Steps.Any(step => step.Kind == StepKind.Refund)),
        call => Assert.True(
            call.Steps.Where(step => step.Kind == StepKind.Refund).Sum(step => step.Amount.Micros)
                <= call.Steps.Single(IsCapture).Amount.Micros));

    private static bool IsCapture(PlannedStep step) => step.Kind is StepKind.Capture or StepKind.LateCapture;

    private static IEnumerable<string> Lines(ReplayPlan plan) =>
        plan.Calls.Select(call => $"{call.Number} {call.AccountId} {string.Join("; ", call.Steps)}");
}
