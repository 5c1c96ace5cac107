using System.Text.Json;
using Tallystick.Api.Usage;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Transactions;
using Tallystick.Core.Explanations;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Api.Rendering;

/// <summary>Entries of an account's journal as the API shows them.</summary>
internal static class Entries
{
    public static TransactionResponse Transaction(SealedEntry stored, string accountId)
    {
        var entry = stored.Entry;
        var text = TextOf(stored);
        return new()
        {
            Id = Receipts.TransactionId(entry),
            AccountId = accountId,
            Sequence = entry.Sequence,
            Kind = entry.Body.Word,
            SubjectId = SubjectId(entry),
            Amount = AmountOf(entry).ToAmount(),
            BalanceChange = Breakdown.BalanceChange(entry).ToAmount(),
            Postings = [.. entry.Moves.SelectMany(move => Postings(entry.Chain, move))],
            BalanceAfter = entry.BalanceAfter.ToAmount(),
            AvailableAfter = entry.AvailableAfter.ToAmount(),
            Usage = entry.Usage is { } usage ? UsageForm.Render(usage, Member(text, "raw_usage")) : null,
            Cost = Costs.Of(entry.Priced, entry.Chain.Project),
            Imported = ImportedOf(entry.Body),
            Description = Member(text, "description")?.GetString() ?? Member(text, "reason")?.GetString(),
            ReferenceId = entry.Body.Reference,
            IdempotencyKey = entry.Origin is { HasOwnKey: false } own ? own.Key : null,
            Metadata = MetadataOf(stored),
            KeyId = entry.Origin is { } origin ? Actors.IdOf(entry.Chain.Project, origin.Actor) : null,
            LicenseId = entry.Origin is { License: { IsNone: false } license }
                ? ThingId.Format(ThingId.License, ChainKey.OfProject(entry.Chain.Project), license) : null,
            TraceId = entry.Origin is { } asked ? Convert.ToHexStringLower(asked.TraceId.AsSpan()) : null,
            Hash = Convert.ToHexStringLower(stored.Hash),
            CreatedAt = entry.At.ToTimestamp(),
        };
    }

    public static TransactionDetailResponse Detail(SealedEntry entry, Explanation explanation) => new()
    {
        Transaction = Transaction(entry, explanation.AccountId),
        Explanation = explanation.Sentences,
        Grants =
        [
            .. explanation.Grants.Select(step => new GrantStepResponse
            {
                GrantId = ThingId.Format(ThingId.Grant, entry.Entry.Chain, step.Grant),
                Bucket = step.Bucket,
                Kind = Words.Of(step.Kind),
                Priority = step.Priority,
                ExpiresAt = step.ExpiresAt?.ToTimestamp(),
                Position = step.Position,
                Amount = step.Amount.ToAmount(),
                RemainingBefore = step.RemainingBefore.ToAmount(),
                RemainingAfter = step.RemainingAfter.ToAmount(),
                HeldBefore = step.HeldBefore.ToAmount(),
                HeldAfter = step.HeldAfter.ToAmount(),
                Why = step.Why,
            }),
        ],
        Before = Figures(explanation.Before),
        After = Figures(explanation.After),
    };

    /// <summary>The request's, or what a tier says of its grant; null where there is none.</summary>
    public static JsonElement? MetadataOf(SealedEntry stored) =>
        Member(TextOf(stored), "metadata") ?? OfTier(stored.Entry.Body);

    private static JsonElement TextOf(SealedEntry stored) =>
        stored.Text is { Content.Length: > 0 } kept ? JsonElement.Parse(kept.Content.AsSpan()) : default;

    private static FiguresResponse Figures(AccountFigures figures) => new(
        figures.Balance.ToAmount(), figures.Held.ToAmount(), figures.Available.ToAmount(), figures.Debt.ToAmount());

    private static JsonElement? Member(JsonElement text, string name) =>
        text.ValueKind == JsonValueKind.Object && text.TryGetProperty(name, out var member) ? member : null;

    /// <summary>What a tier gave says so where a caller's grant has its metadata.</summary>
    private static JsonElement? OfTier(EntryBody body) =>
        body is EntryBody.Granted { Tier: { } tier } granted
            ? JsonSerializer.SerializeToElement(
                new Dictionary<string, string> { ["tier"] = tier, ["reason"] = Words.Of(granted.Reason)! },
                ContractsJson.Default.DictionaryStringString)
            : null;

    private static IEnumerable<PostingResponse> Postings(ChainKey chain, Move move)
    {
        var (from, to) = move.Pools;
        if (from == Pool.None) yield break;
        yield return new(GrantOf(from), Words.Of(from), (-move.Amount).ToAmount());
        yield return new(GrantOf(to), Words.Of(to), move.Amount.ToAmount());

        // What was ever issued, what is owed and what is reserved are pools of the account.
        string? GrantOf(Pool pool) => pool >= Pool.Pending ? ThingId.Format(ThingId.Grant, chain, move.Number) : null;
    }

    private static ImportedResponse? ImportedOf(EntryBody body) => body is not EntryBody.HistoryImported row ? null
        : new()
        {
            Table = row.Table,
            RowId = row.RowId,
            OccurredAt = row.OccurredAt.ToTimestamp(),
            Type = row.Type,
            Amount = row.Amount.ToAmount(),
            BalanceAfter = row.Left?.ToAmount(),
            Breakdown = [.. row.Split.Select(part => new BreakdownLeg(null, part.Bucket, part.Amount.ToAmount()))],
        };

    private static string? SubjectId(JournalEntry entry)
    {
        var (prefix, number) = entry.Body switch
        {
            EntryBody.Granted => (ThingId.Grant, entry.Number),
            EntryBody.GrantActivated body => (ThingId.Grant, body.Grant),
            EntryBody.GrantExpired body => (ThingId.Grant, body.Grant),
            EntryBody.GrantVoided body => (ThingId.Grant, body.Grant),
            EntryBody.Charged or EntryBody.Captured or EntryBody.UsageRecorded { IsCharged: true }
                or EntryBody.HistoryImported { IsCharge: true } => (ThingId.Charge, entry.Number),
            EntryBody.HoldPlaced => (ThingId.Hold, entry.Number),
            EntryBody.Released body => (ThingId.Hold, body.Hold),
            EntryBody.HoldExtended body => (ThingId.Hold, body.Hold),
            EntryBody.HoldExpired body => (ThingId.Hold, body.Hold),
            EntryBody.Refunded => (ThingId.Refund, entry.Number),
            EntryBody.Corrected body => (ThingId.Charge, body.Charge),
            _ => ("", default),
        };
        return prefix.Length == 0 ? null : ThingId.Format(prefix, entry.Chain, number);
    }

    private static CreditAmount AmountOf(JournalEntry entry) => entry.Body switch
    {
        EntryBody.Granted body => body.Amount,
        EntryBody.Charged body => body.Amount,
        EntryBody.HoldPlaced body => body.Amount,
        EntryBody.Captured body => body.Amount,
        EntryBody.UsageRecorded body => body.Amount,
        EntryBody.Refunded body => body.Amount,
        EntryBody.HistoryImported body => body.IsCharge ? -body.Amount : body.Amount,
        EntryBody.BalanceImported body => new(body.Buckets.Sum(bucket => bucket.Remaining.Micros)),
        EntryBody.Corrected body => body.IsFurther ? body.After - body.Before : body.Returned,
        EntryBody.Released or EntryBody.HoldExpired => new(Breakdown.Returned(entry).Sum(leg => leg.Amount.Micros)),
        EntryBody.GrantActivated => Breakdown.Moved(entry, MoveKind.Activate),
        EntryBody.GrantExpired => Breakdown.Moved(entry, MoveKind.Expire),
        EntryBody.GrantVoided or EntryBody.AccountClosed =>
            Breakdown.Moved(entry, MoveKind.Void, MoveKind.VoidPending, MoveKind.Owe),
        _ => default,
    };
}
