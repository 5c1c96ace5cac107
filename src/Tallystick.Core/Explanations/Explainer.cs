using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Explanations;

/// <summary>
/// Explains an entry by folding it: the state before it, the entry and the state after it leave nothing to be told.
/// </summary>
public sealed class Explainer
{
    private readonly AccountState? _before;
    private readonly AccountState _after;
    private readonly JournalEntry _entry;
    private readonly IRecords _records;
    private readonly Dictionary<RecordKey, ChainRecord> _changed;

    private Explainer(
        AccountState? before, AccountState after, JournalEntry entry, IRecords records,
        IReadOnlyCollection<ChainRecord> changed)
    {
        (_before, _after, _entry, _records) = (before, after, entry, records);
        _changed = changed.ToDictionary(record => record.Key);
    }

    /// <param name="before">The account's state as of the entry before; null for the first.</param>
    /// <param name="entry">The next entry of the same account.</param>
    /// <param name="records">Records as of the entry before, not of today.</param>
    /// <param name="missing">Records that must be at hand first, as for a fold; then the result is null.</param>
    public static Explanation? Explain(
        AccountState? before, SealedEntry entry, IRecords records, out IReadOnlyList<RecordKey> missing)
    {
        var (after, changed) = AccountRules.Fold(before, entry, records, out missing);
        return missing.Count > 0
            ? null
            : new Explainer(before, (AccountState)after, entry.Entry, records, changed).Explain();
    }

    private Explanation Explain()
    {
        var grants = Steps();
        var (before, after) = (AccountFigures.Of(_before), AccountFigures.Of(_after));
        return new()
        {
            Entry = _entry, AccountId = _after.AccountId, Grants = grants, Before = before, After = after,
            Sentences =
            [
                Sentence.Opening(_entry, _after, Refunded()),
                .. Sentence.Cost(_entry),
                .. Sentence.Reserve(_entry.Body),
                .. Sentence.Admission(_entry, _before),
                .. grants.Where(step => step.IsTouched).Select(step => Sentence.Of(_entry.Chain, step)),
                .. Sentence.OnTheAccount(_entry),
                .. PassedOver(grants),
                Sentence.Figures(before, after),
            ],
        };
    }

    /// <summary>In how far the refunded charge has been given back, this entry included.</summary>
    private Charge? Refunded() =>
        _entry.Body is EntryBody.Refunded refunded
            ? (Charge?)_changed.GetValueOrDefault(new(RecordKind.Charge, refunded.Charge))
            : null;

    private ImmutableArray<GrantStep> Steps()
    {
        var moves = _entry.Moves.Where(move => move.ConcernsGrant).ToLookup(move => move.Number);
        var open = _before?.Grants ?? [];
        var listed = _entry.TakesInBurnOrder ? open.ToList() : [.. open.Where(grant => moves.Contains(grant.Number))];
        listed.AddRange(
            from number in moves.Select(ofGrant => ofGrant.Key)
            where open.All(grant => grant.Number != number)
            select Before(number) ?? After(number));
        listed.Sort(BurnOrder.Instance);
        return
        [
            .. listed.Select((grant, i) => Step(
                grant, open.IndexOf(grant) + 1, [.. moves[grant.Number]], i + 1 < listed.Count ? listed[i + 1] : null)),
        ];
    }

    private GrantStep Step(Grant grant, int position, ImmutableArray<Move> moves, Grant? next)
    {
        var (before, after) = (Before(grant.Number), After(grant.Number));
        var why = moves.IsEmpty ? Sentence.WhyNot(grant, _entry.Body) : Sentence.Of(moves);
        if (_entry.TakesInBurnOrder && position > 0 && next is not null)
            why += $"; before {Sentence.Id(_entry.Chain, next.Number)}: {BurnOrder.WhyBefore(grant, next)}";
        return new()
        {
            Grant = grant.Number, Bucket = grant.Bucket, Kind = grant.GrantKind, Priority = grant.Priority,
            ExpiresAt = grant.ExpiresAt, Position = position > 0 ? position : null,
            Amount = new(moves.Sum(move => move.Amount.Micros)), Why = why,
            RemainingBefore = before?.Remaining ?? default, RemainingAfter = after.Remaining,
            HeldBefore = before?.Held ?? default, HeldAfter = after.Held,
        };
    }

    private static IEnumerable<string> PassedOver(ImmutableArray<GrantStep> grants)
    {
        var count = grants.Count(step => !step.IsTouched);
        if (count > 0) yield return $"{count} other open {(count == 1 ? "grant was" : "grants were")} not touched.";
    }

    /// <summary>Null for a grant that begins with this entry.</summary>
    private Grant? Before(ThingNumber number) =>
        _before?.OpenGrant(number)
        ?? (_records.TryGet(new(RecordKind.Grant, number), out var record) ? (Grant?)record : null);

    private Grant After(ThingNumber number) =>
        _after.OpenGrant(number)
        ?? (Grant?)_changed.GetValueOrDefault(new(RecordKind.Grant, number))
        ?? Before(number)!;
}
