using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Gateway.Calls;

/// <summary>What a call was charged, from the entry that says so.</summary>
internal sealed record Receipt(
    string HoldId, string ChargeId, string TransactionId, CreditAmount Cost, CreditAmount BalanceAfter, bool Estimated)
{
    public static Receipt Of(SealedEntry stored)
    {
        var entry = stored.Entry;
        var captured = (EntryBody.Captured)entry.Body;
        return new(
            ThingId.Format(ThingId.Hold, entry.Chain, captured.Hold),
            ThingId.Format(ThingId.Charge, entry.Chain, entry.Number),
            ThingId.Format(ThingId.Transaction, entry.Chain, entry.Number),
            captured.Amount, entry.BalanceAfter,
            (bool?)CallText.Read(stored.Text)?["metadata"]?["estimated"] == true);
    }

    public IEnumerable<KeyValuePair<string, string>> Headers()
    {
        yield return new("Tally-Hold-Id", HoldId);
        yield return new("Tally-Charge-Id", ChargeId);
        yield return new("Tally-Transaction-Id", TransactionId);
        yield return new("Tally-Cost", Cost.ToString());
        yield return new("Tally-Balance-After", BalanceAfter.ToString());
        if (Estimated) yield return new("Tally-Estimated", "true");
    }
}
