using Tallystick.Contracts.Json;

namespace Tallystick.Server.Replay;

/// <summary>
/// What is in an account's journal, kind by kind: how often, and how much in all. Once from the plan, once from the
/// ledger; the two must be equal.
/// </summary>
internal sealed class AccountSums
{
    /// <summary>The kinds of transactions that a replay makes.</summary>
    public static readonly IReadOnlyList<string> Kinds =
        ["grant", "hold", "capture", "release", "hold_expired", "refund"];

    private readonly Dictionary<string, (long Count, long Micros)> _byKind = new(StringComparer.Ordinal);

    /// <summary>Kinds that are here and that no replay makes.</summary>
    public IEnumerable<string> Strangers => _byKind.Keys.Except(Kinds, StringComparer.Ordinal);

    public (long Count, long Micros) this[string kind] => _byKind.GetValueOrDefault(kind);

    /// <summary>What must remain: no more than these kinds move credits in or out.</summary>
    public Amount Remaining =>
        new(checked(this["grant"].Micros - this["capture"].Micros + this["refund"].Micros));

    public void Add(string kind, Amount amount)
    {
        var (count, micros) = this[kind];
        _byKind[kind] = (count + 1, checked(micros + amount.Micros));
    }

    public void Add(AccountSums other)
    {
        foreach (var (kind, sum) in other._byKind)
            _byKind[kind] = (this[kind].Count + sum.Count, checked(this[kind].Micros + sum.Micros));
    }

    /// <summary>What a step leaves in the journal once everything has ended.</summary>
    public void Add(PlannedStep step)
    {
        switch (step.Kind)
        {
            case StepKind.Hold:
                Add("hold", step.Amount);
                break;
            case StepKind.BriefHold:
                Add("hold", step.Amount);
                Add("hold_expired", step.Amount);
                break;
            case StepKind.Capture or StepKind.LateCapture:
                Add("capture", step.Amount);
                break;
            case StepKind.Release:
                Add("release", step.Amount);
                break;
            case StepKind.Refund:
                Add("refund", step.Amount);
                break;
            case StepKind.Refusal:
                break;
            default:
                throw new System.Diagnostics.UnreachableException(step.Kind.ToString());
        }
    }
}
