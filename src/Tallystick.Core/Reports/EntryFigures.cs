using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Reports;

/// <summary>What one entry adds to reports.</summary>
internal static class EntryFigures
{
    /// <summary>What was used, and what it cost; of a refund, what came back.</summary>
    public static Figures OfUsage(JournalEntry entry) => entry.Body switch
    {
        EntryBody.Charged body => OfCharge(entry, body.Amount),
        EntryBody.Captured { Amount.IsZero: true, Priced: null, Free: null } => default,
        EntryBody.Captured body => OfCharge(entry, body.Amount),
        EntryBody.UsageRecorded body => OfCharge(entry, body.Amount, isCharged: body.IsCharged),
        EntryBody.Refunded body => new() { [Figure.Refunded] = body.Amount.Micros },
        EntryBody.Corrected body => OfCorrection(body),
        _ => default,
    };

    /// <summary>What the entry did to the balance, and why it rose or fell.</summary>
    public static Figures OfBalance(JournalEntry entry)
    {
        var figures = new Figures();
        var rolledOver = 0L;
        foreach (var move in entry.Moves)
        {
            var figure = FigureOf(move.Kind, entry.Body);
            if (figure is null) continue;
            if (move.Kind == MoveKind.Issue && entry.Body is EntryBody.PeriodEnded) rolledOver += move.Amount.Micros;
            else figures[figure.Value] += move.Amount.Micros;
        }
        // What an imported history took is issued and spent in the entry that brings the balance: nobody sees it.
        if (entry.Body is EntryBody.BalanceImported)
        {
            var charged = entry.Moves.Where(move => move.Kind is MoveKind.Spend).Sum(move => move.Amount.Micros);
            figures[Figure.Granted] -= charged;
            figures[Figure.Consumed] -= charged;
        }
        // What rolls over leaves one grant and enters another in the same entry: the balance does not see it.
        if (rolledOver > 0) figures[Figure.Expired] -= rolledOver;
        return figures;
    }

    private static Figure? FigureOf(MoveKind move, EntryBody body) => move switch
    {
        MoveKind.Issue => body.OfCharge.IsNone ? Figure.Granted : Figure.Returned,
        MoveKind.Activate => Figure.Granted,
        MoveKind.Spend or MoveKind.SpendHeld => Figure.Consumed,
        MoveKind.Owe => body is EntryBody.GrantVoided ? Figure.Voided : Figure.Consumed,
        MoveKind.Refund or MoveKind.CancelDebt => Figure.Returned,
        MoveKind.Expire or MoveKind.ReturnExpired => Figure.Expired,
        MoveKind.Void or MoveKind.ReturnVoided => Figure.Voided,
        _ => null,
    };

    private static Figures OfCharge(JournalEntry entry, CreditAmount charged, bool isCharged = true)
    {
        var usage = entry.Usage;
        return new()
        {
            [Figure.Events] = 1,
            [Figure.FreeEvents] = charged.IsZero ? 1 : 0,
            [Figure.InputTokens] = Tokens(usage, Unit.Input),
            [Figure.OutputTokens] = Tokens(usage, Unit.Output),
            [Figure.CacheReadTokens] = Tokens(usage, Unit.CacheRead),
            [Figure.CacheWriteTokens] = Tokens(usage, Unit.CacheWrite),
            [Figure.ReasoningTokens] = Tokens(usage, Unit.Reasoning),
            [Figure.ProviderCost] = isCharged ? entry.Priced?.Cost.Provider.Micros ?? 0 : 0,
            [Figure.Charged] = charged.Micros,
        };
    }

    /// <summary>What it adds to the charge, or takes away from it.</summary>
    private static Figures OfCorrection(EntryBody.Corrected body) => new()
    {
        [Figure.FreeEvents] = (body.After.IsZero ? 1 : 0) - (body.Before.IsZero ? 1 : 0),
        [Figure.Charged] = body.IsFurther ? (body.After - body.Before).Micros : -body.Returned.Micros,
        [Figure.ProviderCost] = (body.Priced.Cost.Provider - body.ProviderBefore).Micros,
    };

    private static long Tokens(MeteredUsage? usage, Unit unit) =>
        usage?[unit] is { } count ? (long)count.Digits : 0;
}
