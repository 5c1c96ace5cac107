using System.Numerics;
using static Tallystick.Model.JournalAudit;

namespace Tallystick.Model;

public sealed partial class ModelAccount
{
    private readonly JournalAudit audit = new();

    /// <summary>Throws, naming the rule and the thing, where the state breaks a rule of docs/rules.md.</summary>
    public void CheckInvariants()
    {
        audit.Continue(books.Journal);
        CheckAccountPools();
        CheckGrants();
        CheckHolds();
        foreach (var charge in books.Charges) CheckCharge(charge);
        foreach (var debt in books.Debts) CheckDebt(debt);
        CheckSums();
    }

    private void CheckAccountPools()
    {
        foreach (var (pool, amount) in books.Pools)
            Ensure(audit[null, pool] == amount, $"pool {pool} is {amount}, the journal says {audit[null, pool]}");

        var balance = books.Balance;
        var pools = books.Pools;
        Ensure(balance.Debt >= 0, $"debt is negative: {balance.Debt}");
        Ensure(pools[Pool.Unfunded] == -pools[Pool.Debt], "unfunded is not minus debt");
        Ensure(pools[Pool.Reserved] >= 0, "reserved is negative");
        Ensure(pools[Pool.Line] == -pools[Pool.Reserved], "line is not minus reserved");
        Ensure(balance.Debt == 0 || balance.Remaining == 0, "debt and remaining credits side by side");
        Ensure(balance.Balance == balance.Available + balance.Held, "balance is not available plus held");
        Ensure(books.FitsInto64Bits(), "a sum is beyond 64 bits");
    }

    private void CheckGrants()
    {
        var taken = books.Charges.SelectMany(charge => charge.Legs).ToLookup(leg => leg.Grant);
        var paid = books.Debts.SelectMany(debt => debt.Payments).ToLookup(payment => payment.Grant);
        var open = books.Holds.SelectMany(hold => hold.OpenLegs).ToLookup(leg => leg.Grant);
        foreach (var grant in books.Grants)
        {
            CheckGrant(grant);
            var used = Books.Total(taken[grant.Id], leg => leg.Amount - leg.Refunded)
                + Books.Total(paid[grant.Id], payment => payment.Amount - payment.GivenBack);
            Ensure(grant.Used == used, $"grant {grant.Id}: used is {grant.Used}, charges and debts have {used} of it");
            Ensure(grant.Held == Books.Total(open[grant.Id]), $"grant {grant.Id}: held is not the sum of open legs");
        }

        Ensure(books.Balance.Reserved == Books.Total(open[null]), "reserved is not the sum of the open debt legs");
    }

    private void CheckGrant(ModelGrant grant)
    {
        var name = $"grant {grant.Id}";
        BigInteger sum = 0;
        foreach (var pool in Enum.GetValues<Pool>().Where(pool => pool >= Pool.Pending))
        {
            var amount = grant.PoolOf(pool);
            Ensure(amount >= 0, $"{name}: {pool} is negative: {amount}");
            Ensure(amount == audit[grant.Id, pool], $"{name}: {pool} is {amount}, not what the journal says");
            sum += amount;
        }

        Ensure(sum == grant.Amount, $"{name}: its pools sum to {sum}, not to its amount {grant.Amount}");
        Ensure(grant.Pending == 0 || grant.Pending == grant.Amount, $"{name}: pending in part");
        Ensure(grant.Pending == 0 || grant.EffectiveAt > LastAt, $"{name}: pending past its effective_at");
        Ensure(grant.Pending + grant.Remaining == 0 || !grant.IsVoided, $"{name}: spendable although voided");
        Ensure(grant.Remaining == 0 || !grant.HasExpiredBy(LastAt), $"{name}: spendable although expired");
        Ensure(grant.Expired == 0 || grant.HasExpiredBy(LastAt), $"{name}: expired before its time");
        Ensure(grant.Voided == 0 || grant.IsVoided, $"{name}: voided credits in a grant that was not voided");
    }

    private void CheckHolds()
    {
        var captures = books.Charges.ToLookup(charge => charge.Hold);
        foreach (var hold in books.Holds)
        {
            CheckHold(hold);
            Ensure(hold.Captured == Books.Total(captures[hold.Id], capture => capture.Amount),
                $"hold {hold.Id}: captured is not the sum of its captures");
        }
    }

    private void CheckHold(ModelHold hold)
    {
        var name = $"hold {hold.Id}";
        Ensure(hold.Status == HoldStatus.Held || hold.OpenLegs.Count == 0, $"{name}: open legs although it has ended");
        Ensure(hold.Status != HoldStatus.Held || hold.ExpiresAt > LastAt, $"{name}: held past its end");
        Ensure(hold.ExpiresAt <= hold.PlacedAt + settings.MaxHoldLifetimeMicroseconds, $"{name}: lives too long");
        Ensure(hold.OpenLegs.All(leg => leg.Amount > 0), $"{name}: an open leg of nothing");
        Ensure(hold.OpenLegs.DistinctBy(leg => leg.Grant).Count() == hold.OpenLegs.Count, $"{name}: a grant twice");
        Ensure(hold.OpenLegs.SkipLast(1).All(leg => leg.Grant is not null), $"{name}: the debt leg is not the last");
        var open = Books.Total(hold.OpenLegs);
        Ensure(hold.Status != HoldStatus.Held || open == BigInteger.Max(0, hold.Amount - hold.Captured),
            $"{name}: open legs are not what is left of it");
    }

    private void CheckCharge(ModelCharge charge)
    {
        var name = $"charge {charge.Id}";
        if (charge is { Imported: not null, Legs.Count: 0 }) return;
        Ensure(Books.Total(charge.Legs) == charge.Amount, $"{name}: its legs do not sum to its amount");
        Ensure(charge.Legs.All(leg => leg.Amount > 0), $"{name}: a leg of nothing");
        Ensure(charge.Legs.All(leg => leg.Refunded >= 0 && leg.Refunded <= leg.Amount), $"{name}: a leg over-refunded");
        Ensure(charge.Legs.SkipLast(1).All(leg => leg.Grant is not null), $"{name}: the debt leg is not the last");
        Ensure(charge.Legs.Reverse().SkipWhile(leg => leg.Refunded == leg.Amount).Skip(1).All(leg => leg.Refunded == 0),
            $"{name}: an earlier leg was refunded before a later one was spent");
        Ensure(charge.Shortfall >= 0, $"{name}: shortfall is negative");

        var leg = charge.Legs.SingleOrDefault(leg => leg.Grant is null);
        var debt = books.Debts.Find(debt => debt.Sequence == charge.Id.Sequence);
        Ensure((debt?.Amount ?? 0) == (leg?.Amount ?? 0), $"{name}: its debt is not its debt leg");
        Ensure(debt is null || leg!.Refunded == debt.Cancelled + debt.GivenBack,
            $"{name}: what its debt leg refunded was neither cancelled nor given back");
    }

    private void CheckDebt(ModelDebt debt)
    {
        var name = $"debt {debt.Sequence}";
        Ensure(debt.Amount > 0, $"{name}: of nothing");
        Ensure(debt.Owed >= 0, $"{name}: less than nothing is owed");
        Ensure(debt.Cancelled >= 0, $"{name}: less than nothing was cancelled");
        Ensure(debt.Returnable >= 0, $"{name}: more was returned than it came to");
        Ensure(debt.GivenBack == 0 || debt.Owed == 0, $"{name}: given back before all that was owed was cancelled");
        Ensure(debt.Payments.All(payment => payment.GivenBack >= 0 && payment.GivenBack <= payment.Amount),
            $"{name}: a payment was given back twice");
        var maker = books.Journal[(int)debt.Sequence - 1].Kind;
        Ensure(
            maker is EntryKind.Charge or EntryKind.Capture or EntryKind.Correction or EntryKind.GrantVoided
                or EntryKind.BalanceImported,
            $"{name}: made by {maker}");
    }

    private void CheckSums()
    {
        Ensure(books.Pools[Pool.Issued] == -Books.Total(books.Grants, grant => grant.Amount),
            "issued is not minus all that was granted");
        Ensure(books.Balance.Debt == Books.Total(books.Debts, debt => debt.Owed), "debt is not the sum of the debts");

        // Whoever paid, and whatever was voided or granted anew: what was used and not refunded is accounted for.
        var used = Books.Total(books.Grants, grant => grant.Used) + books.Pools[Pool.Unfunded];
        var charged = Books.Total(
            books.Charges.Where(charge => charge.Legs.Count > 0), charge => charge.Amount - charge.Refunded);
        var clawedBack = Books.Total(
            books.Debts.Where(debt => books.Journal[(int)debt.Sequence - 1].Kind
                is EntryKind.GrantVoided or EntryKind.BalanceImported),
            debt => debt.Returnable);
        Ensure(used == charged + clawedBack, $"{used} was used, {charged} charged and {clawedBack} clawed back");
    }
}
