using System.Collections.Immutable;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine.Audit;

namespace Tallystick.Engine.WhatIf;

/// <summary>
/// An account as it would have been: every command of the journal decided again by the rules, against this state. What
/// falls due comes by itself. One thread.
/// </summary>
internal sealed class OtherAccount(
    ChainKey key, AccountState? state, ChainRecords records, OtherTerms terms, WhatIfResult result)
{
    private readonly long _known = state?.Sequence ?? 0;

    /// <summary>Where the things that entries of the period made are here; none where they were refused.</summary>
    private readonly Dictionary<long, ThingNumber> _numbers = [];
    private readonly Dictionary<long, Counted> _charges = [];
    private AccountState? _state = state;
    private (Instant At, string Reason, string Tier)? _runOut;
    private long _refused;
    private bool _isUsed;

    /// <summary>An entry of the period, as it was in fact.</summary>
    public void Replay(SealedEntry stored)
    {
        var entry = stored.Entry;
        switch (entry.Body)
        {
            case EntryBody.HoldPlaced when _numbers.ContainsKey(entry.Sequence):
                break; // The balance that it was imported with has brought it.
            case EntryBody.Charged or EntryBody.Captured or EntryBody.UsageRecorded:
                Spend(stored);
                break;
            case EntryBody.Refunded refund:
                Refund(stored, refund);
                break;
            case EntryBody.Corrected correction:
                Correct(stored, correction);
                break;
            case EntryBody.Granted { Tier: not null } or EntryBody.PeriodBegun { Tier: "" }:
                break; // It comes with the command before it.
            case var body when CommandOf.IsDue(body):
                break;
            default:
                if (CommandFor(stored) is { } command) Decide(command, stored);
                else result.LeftOut++;
                break;
        }
        if (_state is { Owed.IsPositive: true }) Note(entry.At, "debt");
    }

    public void End()
    {
        if (_isUsed) result.Accounts++;
        if (_runOut is not (var at, var reason, var tier)) return;
        result.Add(new(_state!.AccountId, tier, at, reason, _refused));
    }

    private string Tier => _state?.Membership?.Tier ?? "";

    /// <summary>Null where it is about something that has not come about here.</summary>
    private AccountCommand? CommandFor(SealedEntry stored)
    {
        var command = CommandOf.Account(stored, _state);
        return command switch
        {
            AccountCommand.CloseAccount close => close with { ReleaseHolds = true },
            AccountCommand.PlaceHold hold =>
                hold with { Demand = AskedAgain(hold.Demand), Spender = SpenderOf(stored.Entry) },
            AccountCommand.ReleaseHold release =>
                Find(release.Hold) is { } hold ? new AccountCommand.ReleaseHold(hold) : null,
            AccountCommand.ExtendHold extend =>
                Find(extend.Hold) is { } hold ? extend with { Hold = hold } : null,
            AccountCommand.EndJob end => Find(end.Hold) is { } hold ? end with { Hold = hold } : null,
            AccountCommand.VoidGrant voided =>
                Find(voided.Grant) is { } grant ? voided with { Grant = grant } : null,
            _ => command,
        };
    }

    private void Spend(SealedEntry stored)
    {
        var entry = stored.Entry;
        if (entry.Body is EntryBody.UsageRecorded { IsCharged: false }) return;
        if (entry.Body is EntryBody.Captured { Amount.IsZero: true, Priced: null, Free: null })
        {
            Capture(stored);
            return;
        }
        _isUsed = true;
        var charged = Charge.From(entry)!.Amount;
        var figures = result.Of(Tier, entry.Priced is { } priced ? priced.Usage.Model ?? "" : null);
        foreach (var row in figures) row.AddInFact(charged, entry.Priced?.Cost.Provider ?? default);
        var decision = entry.Body is EntryBody.Captured ? Capture(stored) : Decide(SpendingOf(stored), stored);
        _charges[entry.Sequence] = new(figures, charged);
        if (decision is Decision.Accepted { Entries: [.., var last] })
        {
            var now = Charge.From(last.Entry)!.Amount;
            foreach (var row in figures) row.Add(now, last.Entry.Priced?.Cost.Provider ?? default);
            _charges[entry.Sequence].Left = now;
        }
        else Refuse(entry, figures, decision);
    }

    private AccountCommand SpendingOf(SealedEntry stored) => CommandOf.Account(stored, _state) switch
    {
        AccountCommand.ChargeCredits charge =>
            charge with { Demand = AskedAgain(charge.Demand), Spender = SpenderOf(stored.Entry) },
        AccountCommand.RecordUsage usage =>
            usage with { Demand = AskedAgain(usage.Demand), Spender = SpenderOf(stored.Entry) },
        var other => other,
    };

    /// <summary>Null where its hold had been refused.</summary>
    private Decision? Capture(SealedEntry stored)
    {
        var body = (EntryBody.Captured)stored.Entry.Body;
        if (Find(body.Hold) is not { } hold) return null;
        return CommandOf.Account(stored, _state) switch
        {
            AccountCommand.EndJob end => Decide(end with { Hold = hold }, stored),
            AccountCommand.CaptureHold { Free: { } free } capture => Decide(
                FreeHere(hold, free) ? capture with { Hold = hold } : capture with
                {
                    Hold = hold, Demand = Demand.Of(body.Requested + free.Credits), Free = null,
                }, stored),
            AccountCommand.CaptureHold capture => Decide(
                capture with { Hold = hold, Demand = AskedAgain(capture.Demand) }, stored),
            _ => null,
        };
    }

    /// <summary>Whether its hold has set as much aside of the free tier here.</summary>
    private bool FreeHere(ThingNumber number, FreeTaken taken) =>
        _state!.Holds.Any(hold => hold.Number == number && taken.Use.IsWithin(hold.Free));

    private void Refuse(JournalEntry entry, IReadOnlyList<WhatIfFigures> figures, Decision? decision)
    {
        var amount = Charge.From(entry)!.Amount;
        if (entry.Priced is { } priced)
        {
            if (Repricing.Rate(priced, terms.Prices, terms.At(entry.At).Tiers, _state?.Membership, out var other)
                is not null)
            {
                foreach (var row in figures) row.NoPrice();
                return;
            }
            amount = other.Cost.Total;
        }
        foreach (var row in figures) row.Refuse(amount);
        // A capture has been refused with its hold.
        if (decision is Decision.Refused refused) Refuse(entry.At, refused.Rejection);
    }

    private void Refuse(Instant at, Rejection rejection)
    {
        var reason = rejection switch
        {
            Rejection.InsufficientCredits => "balance",
            Rejection.LimitReached limit => limit.Source,
            _ => null,
        };
        if (reason is null) return;
        _refused++;
        Note(at, reason);
    }

    private void Refund(SealedEntry stored, EntryBody.Refunded refund)
    {
        if (Find(refund.Charge) is not { } charge)
        {
            // Of what was refused nothing comes back; in fact it did.
            if (_charges.TryGetValue(refund.Charge.Sequence, out var refused))
                foreach (var row in refused.Figures) row.AddRefund(refund.Amount, default);
            return;
        }
        var share = refund.Amount;
        if (_charges.TryGetValue(refund.Charge.Sequence, out var counted))
        {
            share = counted.GiveBack(refund.Amount);
            foreach (var row in counted.Figures) row.AddRefund(refund.Amount, share);
        }
        if (share.IsPositive) Decide(new AccountCommand.RefundCharge(charge, share, refund.ReferenceId), stored);
    }

    /// <summary>What the period charged has the other price at once; what was before is corrected as it was.</summary>
    private void Correct(SealedEntry stored, EntryBody.Corrected correction)
    {
        var (more, provider) = (
            (correction.IsFurther ? correction.After - correction.Before : -correction.Returned).Micros,
            (correction.Priced.Cost.Provider - correction.ProviderBefore).Micros);
        if (_charges.TryGetValue(correction.Charge.Sequence, out var counted))
        {
            counted.LeftInFact = new(counted.LeftInFact.Micros + more);
            foreach (var row in counted.Figures) row.Correct(more, provider);
        }
        else Decide(CommandOf.Account(stored, _state), stored);
    }

    private Decision Decide(AccountCommand command, SealedEntry stored)
    {
        var entry = stored.Entry;
        var envelope = new Envelope(
            entry.At, terms.At(entry.At), entry.Origin is { } origin ? origin with { Key = null } : null, stored.Text)
        {
            Prices = terms.Prices,
        };
        var decision = AccountRules.Decide(key, _state, command, envelope, records);
        if (decision is not Decision.Accepted accepted)
        {
            if (decision is Decision.Refused refused && entry.Body is EntryBody.HoldPlaced)
                Refuse(entry.At, refused.Rejection);
            return decision;
        }
        for (var i = 0; i < accepted.Entries.Length; i++)
            records.Add(accepted.Entries[i].Entry, i == accepted.Entries.Length - 1 ? accepted.Records : []);
        _state = (AccountState)accepted.State;
        Remember(entry, accepted.Entries);
        return decision;
    }

    /// <summary>Where the command's own entry is here, and what it brought with it.</summary>
    private void Remember(JournalEntry entry, ImmutableArray<SealedEntry> decided)
    {
        var own = decided.Length - 1;
        while (own > 0 && decided[own].Entry.Body.Code != entry.Body.Code) own--;
        _numbers[entry.Sequence] = decided[own].Entry.Number;
        if (entry.Body is not EntryBody.BalanceImported) return;
        // The holds of its jobs are the entries after it, there and here.
        for (var i = 1; own + i < decided.Length; i++)
            _numbers[entry.Sequence + i] = decided[own + i].Entry.Number;
    }

    /// <summary>A usage is priced again; what was an amount stays one.</summary>
    private static Demand AskedAgain(Demand demand) => demand.Usage is { } usage ? Demand.Of(usage) : demand;

    private Spender SpenderOf(JournalEntry entry)
    {
        var said = entry.Counts.Select(count => Find(count.Budget)).OfType<ThingNumber>();
        var certain = _state?.Budgets.Where(budget => budget.Terms.Scope.Kind == BudgetScopeKind.Account) ?? [];
        return new() { Budgets = [.. said.Union(certain.Select(budget => budget.Number))] };
    }

    /// <summary>A thing of the journal, here; null where it has not come about.</summary>
    private ThingNumber? Find(ThingNumber number) =>
        number.Sequence <= _known ? number
        : _numbers.TryGetValue(number.Sequence, out var here) ? new ThingNumber(here.Sequence, number.Ordinal)
        : null;

    private void Note(Instant at, string reason) => _runOut ??= (at, reason, Tier);

    /// <summary>A charge of the period: where it counts, and what of it is not refunded, in fact and here.</summary>
    private sealed class Counted(IReadOnlyList<WhatIfFigures> figures, CreditAmount charged)
    {
        public IReadOnlyList<WhatIfFigures> Figures => figures;
        public CreditAmount LeftInFact { get; set; } = charged;
        public CreditAmount Left { get; set; }

        /// <summary>What comes back here: the same share of what is left as in fact.</summary>
        public CreditAmount GiveBack(CreditAmount inFact)
        {
            if (LeftInFact.IsZero) return default;
            var share = new CreditAmount((long)((Int128)Left.Micros * inFact.Micros / LeftInFact.Micros));
            (LeftInFact, Left) = (LeftInFact - inFact, Left - share);
            return share;
        }
    }
}
