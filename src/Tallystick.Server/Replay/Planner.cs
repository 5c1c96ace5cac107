using System.Globalization;
using Tallystick.Contracts.Json;
using Tallystick.Server.Replay.Traces;

namespace Tallystick.Server.Replay;

/// <summary>Makes the plan of a replay; the same options give the same plan.</summary>
internal static class Planner
{
    private const int DisplacedMax = 200;
    private static readonly TimeSpan FirstToken = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan PerOutputToken = TimeSpan.FromMilliseconds(15);

    public static ReplayPlan Make(ReplayOptions options)
    {
        var random = new Random(options.Seed);
        var name = string.Create(CultureInfo.InvariantCulture, $"replay-{options.Seed}");
        var script = new CallScript(options, random);
        var calls = options.Trace.Requests
            .Select((request, number) => Call(number, request, options, AccountOf(), script.Write(request)))
            .ToList();
        var accounts = calls.GroupBy(call => call.AccountId, StringComparer.Ordinal)
            .ToDictionary(own => own.Key, own => Account(own.Key, own), StringComparer.Ordinal);
        var refused = calls.ConvertAll(call => call with { Steps = Beyond(call, accounts[call.AccountId]) });
        return new(name, [.. accounts.Values], Reorder(refused, options.ReorderPercent, random));

        // The square of a uniform number: of a hundred accounts the first makes a tenth of the requests.
        string AccountOf()
        {
            var place = random.NextDouble();
            return string.Create(
                CultureInfo.InvariantCulture, $"{name}-{(int)(place * place * options.Accounts) + 1:D6}");
        }
    }

    private static PlannedCall Call(
        int number, TraceRequest request, ReplayOptions options, string accountId, IReadOnlyList<PlannedStep> steps) =>
        options.Speed is { } speed
            ? new(number, accountId, Faster(request.At, speed), Faster(WorkOf(request), speed), steps)
            : new(number, accountId, default, default, steps);

    private static TimeSpan WorkOf(TraceRequest request) => FirstToken + PerOutputToken * request.OutputTokens;

    private static TimeSpan Faster(TimeSpan time, decimal speed) => new((long)(time.Ticks / speed));

    /// <summary>
    /// Grants that cover its calls even if all were under way at once: then nothing depends on the order, and whatever
    /// is refused or owed is a mistake.
    /// </summary>
    private static PlannedAccount Account(string accountId, IEnumerable<PlannedCall> calls)
    {
        var expected = new AccountSums();
        long needed = 0;
        foreach (var steps in calls.Select(call => call.Steps))
        {
            needed = checked(needed + steps.Max(step => step.Amount.Micros));
            foreach (var step in steps) expected.Add(step);
        }
        var bonus = new Amount(needed / 10);
        var allowance = new Amount(needed * 3 / 10);
        var bought = new Amount(needed - bonus.Micros - allowance.Micros);
        var grants = new List<PlannedGrant>
        {
            new("bonus", 100, bonus, TimeSpan.FromDays(90)),
            new("allowance", 50, allowance, TimeSpan.FromDays(30)),
            new("purchase", 100, bought, null),
        };
        grants.RemoveAll(grant => grant.Amount.Micros == 0);
        foreach (var grant in grants) expected.Add("grant", grant.Amount);
        return new(accountId, grants, expected);
    }

    /// <summary>Gives refusals an amount that the account never had.</summary>
    private static List<PlannedStep> Beyond(PlannedCall call, PlannedAccount account) =>
    [
        .. call.Steps.Select(step => step.Kind == StepKind.Refusal
            ? step with { Amount = new(account.Expected["grant"].Micros + 1) }
            : step),
    ];

    /// <summary>Some calls change places with later ones; when each begins stays as it was.</summary>
    private static List<PlannedCall> Reorder(List<PlannedCall> calls, int percent, Random random)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            if (random.Next(100) >= percent) continue;
            var other = Math.Min(calls.Count - 1, i + random.Next(1, DisplacedMax));
            (calls[i], calls[other]) =
                (calls[other] with { At = calls[i].At }, calls[i] with { At = calls[other].At });
        }
        return calls;
    }
}
