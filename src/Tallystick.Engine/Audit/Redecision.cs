using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;

namespace Tallystick.Engine.Audit;

/// <summary>
/// Decides again what an entry answers: the rules, given the state before it, its command and its time, must enter
/// exactly this and nothing before it. So the split is the burn order's, a refund goes where it came from, and what was
/// due had been settled, whoever wrote the row.
/// </summary>
internal static class Redecision
{
    /// <param name="terms">
    /// What the project may have had at that moment, the likeliest first: which of it a lane knew is not recorded.
    /// </param>
    /// <param name="prices">As of the project's entry before; an account's usages have been priced already.</param>
    /// <returns>
    /// The entries that the same command, or what was due at the same time, must have entered after it: of each terms
    /// under which it can have entered this one.
    /// </returns>
    public static List<Queue<JournalEntry>> Check(
        ChainState? before, SealedEntry entry, IRecords records, IEnumerable<ProjectTerms> terms,
        PriceBook prices)
    {
        var body = entry.Entry.Body;
        InvariantBrokenException.Require(
            entry.Entry.Origin is null == CommandOf.IsDue(body), "I6",
            $"{(entry.Entry.Origin is null ? "nobody asked for it" : "it happens by itself, yet names who asked")}");
        string? first = null;
        var followers = new List<Queue<JournalEntry>>(1);
        TierBook? tiers = null;
        foreach (var known in terms)
        {
            if (known.Tiers == tiers) continue;
            var decision = Decide(before, entry, records, known, prices);
            if (Difference(entry, decision) is { } difference)
            {
                first ??= difference;
                continue;
            }
            followers.Add(new(((Decision.Accepted)decision).Entries.Skip(1).Select(next => next.Entry)));
            if (!MayBringGrants(body)) return followers;
            tiers = known.Tiers;
        }
        return followers.Count > 0 ? followers : throw new InvariantBrokenException(first!);
    }

    /// <summary>What it says is the same under several versions of a tier, and what the tier gives is not.</summary>
    private static bool MayBringGrants(EntryBody body) => body is EntryBody.PeriodEnded or EntryBody.PeriodBegun
        or EntryBody.AccountOpened or EntryBody.AccountChanged;

    /// <summary>
    /// How an entry that an earlier one has brought with it differs from what it must be; null: in nothing.
    /// </summary>
    public static string? DifferenceOfNext(SealedEntry stored, JournalEntry expected)
    {
        // Only the last entry of a command claims its key, and which key that is, the first does not say.
        var origin = expected.Origin is { } asked ? asked with { Key = stored.Entry.Origin?.Key } : null;
        return Difference(stored, expected with { Origin = origin }) is { } difference
            ? $"{LawOf(expected.Body)}: {difference}" : null;
    }

    private static Decision Decide(
        ChainState? before, SealedEntry stored, IRecords records, ProjectTerms terms, PriceBook prices)
    {
        var entry = stored.Entry;
        var text = stored.Text ?? (entry.TextDigest.IsEmpty ? null : EntryText.Erased(entry.TextDigest));
        var envelope = new Envelope(entry.At, terms, entry.Origin, text) { Prices = prices };
        return entry.Chain.IsProject
            ? ProjectRules.Decide(entry.Chain, (ProjectState?)before, CommandOf.Project(entry.Body), envelope)
            : AccountRules.Decide(
                entry.Chain, (AccountState?)before, CommandOf.Account(stored, (AccountState?)before), envelope,
                records);
    }

    /// <summary>Null when the decision comes to the entry; else which law it breaks, and how.</summary>
    private static string? Difference(SealedEntry sealedEntry, Decision decision)
    {
        var entry = sealedEntry.Entry;
        var law = LawOf(entry.Body);
        return decision switch
        {
            Decision.Accepted accepted when CommandOf.IsDue(entry.Body) || IsOf(entry, accepted.Entries[0].Entry) =>
                Difference(sealedEntry, accepted.Entries[0].Entry) is { } difference ? $"{law}: {difference}" : null,
            Decision.Accepted { Entries: [{ Entry: var due }, ..] } =>
                $"I22: {due.Body.Word} was due at {due.At} and had not been entered",
            Decision.Refused refused => $"{law}: the rules refuse it ({refused.Rejection.Code})",
            Decision.Repeats repeats => $"{law}: entry {repeats.Sequence} had already done it",
            _ when CommandOf.IsDue(entry.Body) => $"{law}: it was not due",
            _ => $"{law}: it changes nothing",
        };
    }

    private static bool IsOf(JournalEntry stored, JournalEntry decided) => stored.Body.Code == decided.Body.Code;

    /// <param name="sealedEntry">Its bytes are in canonical form.</param>
    private static string? Difference(SealedEntry sealedEntry, JournalEntry decided)
    {
        if (sealedEntry.Bytes.AsSpan().SequenceEqual(EntryCodec.Encode(decided))) return null;
        var stored = sealedEntry.Entry;
        if (stored.At != decided.At) return $"it is dated {stored.At}, its instant is {decided.At}";
        if (!stored.Moves.SequenceEqual(decided.Moves))
            return $"its moves are [{Words(stored)}], the rules make [{Words(decided)}]";
        if (!stored.Buckets.SequenceEqual(decided.Buckets)) return "it names buckets that its grants do not have";
        if (stored.BalanceAfter != decided.BalanceAfter || stored.AvailableAfter != decided.AvailableAfter)
            return $"balance and available are {stored.BalanceAfter} and {stored.AvailableAfter}, the rules leave "
                + $"{decided.BalanceAfter} and {decided.AvailableAfter}";
        return $"it says {stored.Body}, the rules {decided.Body}";
    }

    private static string Words(JournalEntry entry) => string.Join(
        ", ", entry.Moves.Select(move => $"{move.Kind} {move.Number.Sequence}.{move.Number.Ordinal} {move.Amount}"));

    private static string LawOf(EntryBody body) => body switch
    {
        EntryBody.Charged or EntryBody.UsageRecorded => "I18",
        EntryBody.HoldPlaced or EntryBody.Captured or EntryBody.Released or EntryBody.HoldExtended => "I16",
        EntryBody.HoldExpired => "I17",
        EntryBody.Refunded => "I20",
        EntryBody.HistoryImported or EntryBody.BalanceImported => "I40",
        EntryBody.Corrected => "I39",
        EntryBody.GrantExpired => "I21",
        EntryBody.GrantActivated => "I22",
        EntryBody.PeriodEnded or EntryBody.PeriodBegun or EntryBody.Granted { Tier: not null } => "I23",
        _ => "I4",
    };
}
