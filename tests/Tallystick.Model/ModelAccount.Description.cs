using System.Numerics;

namespace Tallystick.Model;

// THE FORMAT OF Describe(), so that another program can write the same text and compare SHA-256 digests.
//
// UTF-8 text. Every line ends with one LF, the last one too. Within a line, fields stand in the order below, one space
// between them, each as name=value. Amounts are whole millionths and times whole microseconds, both as plain decimal
// integers with a leading '-' where negative, never a '+', never grouped. Words are the API's, in snake_case.
// ID is SEQUENCE.ORDINAL, as in 12.0. A list is [a,b,c] without spaces, and [] where it is empty. A missing value is -.
// The state is that after the last journal entry: work that has come due since is not in it, and a grant's status is
// the one at the last entry's time.
//
//   account status=S overdraft_limit=N
//       S: active, suspended, closed
//   balance remaining=N held=N reserved=N debt=N available=N balance=N
//       the figures of docs/rules.md: held includes reserved, debt is what is owed (>= 0)
//   pools issued=N debt=N unfunded=N reserved=N line=N
//       the account's own pools as the postings add up: issued, debt and line are <= 0
//   grant ID status=S amount=N bucket=TEXT kind=KIND class=C priority=N effective_at=T expires_at=T cost_basis=N
//         pending=N remaining=N held=N used=N expired=N voided=N              (one line)
//       one for each grant, by sequence, then ordinal; C: free, paid; expires_at and cost_basis may be -;
//       TEXT is the bucket as it is; the status by docs/rules.md's rule in short
//   hold ID status=S amount=N captured=N released=N expires_at=T open=[LEG,…]
//       one for each hold, by sequence; the legs still set aside, in burn order, those of 0 left out;
//       [] for a hold that is not held. LEG is ID:N for a grant, debt:N for reserved overdraft
//   charge ID amount=N refunded=N standing=N refundable=N shortfall=N legs=[LEG,…]
//       one for each charge, each capture and each correction that charged more, by sequence; refunded is of its own
//       legs, standing what corrections made of it, refundable what is left with what they charged further; the
//       legs as taken, before any refund, in the order burned: a capture's hold legs, then what the excess took from
//       grants (a grant may so appear twice), then debt:N, once; legs of 0 left out; shortfall is what a capped
//       capture could not take, else 0; an imported charge has no legs
//   debt SEQUENCE owed=N
//       one for each debt with something still owed, by sequence of the entry that made it (charge, capture or void)
//   entry SEQUENCE KIND at=T subject=ID amount=N postings=[P,…] repayments=[R,…] balance_after=N available_after=N
//       the journal from sequence 1 on; subject is - for the account_ kinds;
//       P is POOL:N for the account's own pools (these first), ID/POOL:N for a grant's, merged, without zeros, by
//       grant sequence, ordinal, then pool in the order issued debt unfunded reserved line pending remaining held used
//       expired voided;
//       R is DEBTSEQUENCE<ID:N (that grant paid N of that debt) in the order paid: oldest debt first, then burn order

public sealed partial class ModelAccount
{
    public string Describe()
    {
        IEnumerable<string> lines =
        [
            $"account status={Words.Spell(books.Status)} overdraft_limit={books.OverdraftLimit}",
            Line(books.Balance),
            $"pools {string.Join(' ', books.Pools.OrderBy(pool => pool.Key).Select(Text))}",
            .. books.Grants.OrderBy(grant => grant.Id.Sequence).ThenBy(grant => grant.Id.Ordinal).Select(Line),
            .. books.Holds.OrderBy(hold => hold.Id.Sequence).Select(Line),
            .. books.Charges.OrderBy(charge => charge.Id.Sequence).Select(Line),
            .. books.Debts.Where(debt => debt.Owed > 0).OrderBy(debt => debt.Sequence).Select(Line),
            .. books.Journal.Select(Line),
        ];
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string Line(ModelBalance balance) =>
        $"balance remaining={balance.Remaining} held={balance.Held} reserved={balance.Reserved} " +
        $"debt={balance.Debt} available={balance.Available} balance={balance.Balance}";

    private string Line(ModelGrant grant) =>
        $"grant {grant.Id} status={Words.Spell(grant.StatusAt(LastAt))} amount={grant.Amount} " +
        $"bucket={grant.Bucket} kind={Words.Spell(grant.Kind)} class={(grant.IsFree ? "free" : "paid")} " +
        $"priority={grant.Priority} effective_at={grant.EffectiveAt} " +
        $"expires_at={OrDash(grant.ExpiresAt)} cost_basis={OrDash(grant.CostBasis)} " +
        $"pending={grant.Pending} remaining={grant.Remaining} held={grant.Held} " +
        $"used={grant.Used} expired={grant.Expired} voided={grant.Voided}";

    private static string Line(ModelHold hold) =>
        $"hold {hold.Id} status={Words.Spell(hold.Status)} amount={hold.Amount} captured={hold.Captured} " +
        $"released={hold.Released} expires_at={hold.ExpiresAt} open={List(hold.OpenLegs.Select(Text))}";

    private string Line(ModelCharge charge) =>
        $"charge {charge.Id} amount={charge.Amount} refunded={charge.Refunded} " +
        $"standing={charge.Standing} refundable={books.Refundable(charge.Id)} " +
        $"shortfall={charge.Shortfall} legs={List(charge.Imported is null ? charge.Legs.Select(Text) : [])}";

    private static string Line(ModelDebt debt) => $"debt {debt.Sequence} owed={debt.Owed}";

    private static string Line(ModelEntry entry) =>
        $"entry {entry.Sequence} {Words.Spell(entry.Kind)} at={entry.At} subject={OrDash(entry.Subject)} " +
        $"amount={entry.Amount} postings={List(entry.Postings.Select(Text))} " +
        $"repayments={List(entry.Repayments.Select(Text))} " +
        $"balance_after={entry.BalanceAfter} available_after={entry.AvailableAfter}";

    private static string Text(KeyValuePair<Pool, BigInteger> pool) => $"{Words.Spell(pool.Key)}={pool.Value}";

    private static string Text(ModelLeg leg) => leg.Grant is { } grant ? $"{grant}:{leg.Amount}" : $"debt:{leg.Amount}";

    private static string Text(ModelPosting posting) => posting.Grant is { } grant
        ? $"{grant}/{Words.Spell(posting.Pool)}:{posting.Amount}"
        : $"{Words.Spell(posting.Pool)}:{posting.Amount}";

    private static string Text(ModelRepayment repayment) => $"{repayment.Debt}<{repayment.Grant}:{repayment.Amount}";

    private static string List(IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    private static string OrDash<T>(T? value) where T : struct => value?.ToString() ?? "-";
}
