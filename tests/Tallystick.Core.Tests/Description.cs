using System.Globalization;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Model;
using MoveKind = Tallystick.Core.Journal.MoveKind;
using Pool = Tallystick.Core.Journal.Pool;

namespace Tallystick.Core.Tests;

/// <summary>Writes a real account in the model's own format (see ModelAccount.Description.cs).</summary>
internal static class Description
{
    public static string Describe(RealAccount account)
    {
        var state = account.State;
        var lines = new List<string>
        {
            $"account status={Words.Spell(state.Status)} overdraft_limit={state.Terms.OverdraftLimit.Micros}",
            $"balance remaining={state.Remaining.Micros} held={state.Held.Micros} reserved={state.Reserved.Micros} " +
            $"debt={state.Owed.Micros} available={state.Available.Micros} balance={state.Balance.Micros}",
            $"pools issued={-state.Issued.Micros} debt={-state.Owed.Micros} unfunded={state.Owed.Micros} " +
            $"reserved={state.Reserved.Micros} line={-state.Reserved.Micros}",
        };
        lines.AddRange(account.All(RecordKind.Grant, state.Grants).Select(grant => Line(grant, state.LastAt)));
        lines.AddRange(account.All(RecordKind.Hold, state.Holds).Select(Line));
        lines.AddRange(account.Journal.Select(one => Charge.From(one.Entry)).OfType<Charge>()
            .Select(charge => Line(
                (Charge)account.Load(charge.Key)!, account.Journal[(int)charge.Number.Sequence - 1].Entry)));
        lines.AddRange(state.Debts.Select(debt => $"debt {debt.Number.Sequence} owed={debt.Owed.Micros}"));
        lines.AddRange(account.Journal.Select(one => Line(one.Entry)));
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string Line(Grant g, Instant at) =>
        $"grant {Id(g.Number)} status={Words.Spell(g.StatusAt(at))} amount={g.Amount.Micros} bucket={g.Bucket} " +
        $"kind={Words.Spell(g.GrantKind)} class={(g.IsFree ? "free" : "paid")} priority={g.Priority} " +
        $"effective_at={g.EffectiveAt.Micros} " +
        $"expires_at={g.ExpiresAt?.Micros.ToString(CultureInfo.InvariantCulture) ?? "-"} " +
        $"cost_basis={g.CostBasis ?? "-"} " +
        $"pending={g.Pending.Micros} remaining={g.Remaining.Micros} held={g.Held.Micros} " +
        $"used={g.Used.Micros} expired={g.Expired.Micros} voided={g.Voided.Micros}";

    private static string Line(Hold h) =>
        $"hold {Id(h.Number)} status={Words.Spell(h.Status)} amount={h.Amount.Micros} captured={h.Captured.Micros} " +
        $"released={h.Released.Micros} expires_at={h.ExpiresAt.Micros} " +
        $"open={Legs(h.Status == Core.Holds.HoldStatus.Held ? h.Open : [])}";

    private static string Line(Charge c, JournalEntry entry)
    {
        var shortfall = entry.Body is EntryBody.Captured captured ? (captured.Requested - captured.Amount).Micros : 0;
        return $"charge {Id(c.Number)} amount={c.Amount.Micros} refunded={c.Refunded.Micros} " +
            $"standing={c.Standing.Micros} refundable={c.Refundable.Micros} shortfall={shortfall} " +
            $"legs={Legs(c.Legs)}";
    }

    private static string Line(JournalEntry e) =>
        $"entry {e.Sequence} {e.Body.Word} at={e.At.Micros} subject={Subject(e)} amount={Amount(e)} " +
        $"postings={Postings(e)} repayments={Repayments(e)} " +
        $"balance_after={e.BalanceAfter.Micros} available_after={e.AvailableAfter.Micros}";

    private static string Subject(JournalEntry e) => e.Body switch
    {
        EntryBody.Granted or EntryBody.Charged or EntryBody.HoldPlaced => Id(e.Number),
        EntryBody.GrantActivated b => Id(b.Grant),
        EntryBody.GrantExpired b => Id(b.Grant),
        EntryBody.GrantVoided b => Id(b.Grant),
        EntryBody.Captured b => Id(b.Hold),
        EntryBody.Released b => Id(b.Hold),
        EntryBody.HoldExpired b => Id(b.Hold),
        EntryBody.HoldExtended b => Id(b.Hold),
        EntryBody.Refunded b => Id(b.Charge),
        EntryBody.Corrected b => Id(b.Charge),
        _ => "-",
    };

    private static long Amount(JournalEntry e) => e.Body switch
    {
        EntryBody.Granted b => b.Amount.Micros,
        EntryBody.Charged b => b.Amount.Micros,
        EntryBody.HoldPlaced b => b.Amount.Micros,
        EntryBody.Captured b => b.Amount.Micros,
        EntryBody.Refunded b => b.Amount.Micros,
        EntryBody.Corrected b => b.IsFurther ? (b.After - b.Before).Micros : b.Returned.Micros,
        EntryBody.GrantActivated => Moved(e, MoveKind.Activate),
        EntryBody.GrantExpired => Moved(e, MoveKind.Expire),
        EntryBody.GrantVoided => Moved(e, MoveKind.Void, MoveKind.VoidPending),
        EntryBody.Released or EntryBody.HoldExpired =>
            Moved(e, MoveKind.Return, MoveKind.ReturnExpired, MoveKind.ReturnVoided, MoveKind.Unreserve),
        _ => 0,
    };

    private static long Moved(JournalEntry e, params MoveKind[] kinds) =>
        e.Moves.Where(move => kinds.Contains(move.Kind)).Sum(move => move.Amount.Micros);

    private static string Postings(JournalEntry e)
    {
        var sums = new Dictionary<(ThingNumber, Pool), long>();
        foreach (var move in e.Moves)
        {
            var (from, to) = move.Pools;
            if (from == Pool.None) continue;
            var grant = move.ConcernsGrant ? move.Number : default;
            foreach (var (pool, amount) in new[] { (from, -move.Amount.Micros), (to, move.Amount.Micros) })
            {
                var owner = pool == Pool.Issued ? default : grant;
                sums[(owner, pool)] = sums.GetValueOrDefault((owner, pool)) + amount;
            }
        }
        Xunit.Assert.Equal(0, sums.Values.Sum());
        var texts = sums.Where(sum => sum.Value != 0)
            .OrderBy(sum => !sum.Key.Item1.IsNone).ThenBy(sum => sum.Key.Item1).ThenBy(sum => sum.Key.Item2)
            .Select(sum =>
                $"{(sum.Key.Item1.IsNone ? "" : Id(sum.Key.Item1) + "/")}{Words.Spell(sum.Key.Item2)}:{sum.Value}");
        return $"[{string.Join(',', texts)}]";
    }

    private static string Repayments(JournalEntry e)
    {
        var texts = new List<string>();
        for (var i = 0; i < e.Moves.Length; i++)
            if (e.Moves[i].Kind == MoveKind.RepayDebt)
                texts.Add($"{e.Moves[i].Number.Sequence}<{Id(e.Moves[i - 1].Number)}:{e.Moves[i].Amount.Micros}");
        return $"[{string.Join(',', texts)}]";
    }

    private static string Legs(IEnumerable<Leg> legs)
    {
        var all = legs.ToList();
        var debt = all.Where(leg => leg.Grant.IsNone).Sum(leg => leg.Amount.Micros);
        var texts = all.Where(leg => !leg.Grant.IsNone).Select(leg => $"{Id(leg.Grant)}:{leg.Amount.Micros}");
        return $"[{string.Join(',', debt == 0 ? texts : texts.Append($"debt:{debt}"))}]";
    }

    private static string Id(ThingNumber number) => $"{number.Sequence}.{number.Ordinal}";
}
