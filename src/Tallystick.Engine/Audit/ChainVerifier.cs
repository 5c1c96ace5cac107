using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// Checks one chain row by row. After its first fault nothing that follows can be judged, so that it is left alone.
/// </summary>
internal sealed class ChainVerifier(RefoldedChain chain, StoredForms stored, VerifyPass pass)
{
    /// <summary>
    /// What the entries before must have brought with them and is not there yet: of each terms that the project may
    /// have had. Empty where nothing is to follow.
    /// </summary>
    private List<Queue<JournalEntry>> _expected = [];
    private long _lastTrailed;

    public RefoldedChain Chain => chain;
    public bool IsBroken { get; private set; }
    public string? AccountId => (chain.State as AccountState)?.AccountId ?? stored.AccountId;

    public void Check(RawEntry row) =>
        IsBroken |= !pass.Faults.Try("I13", () => CheckRow(row), chain.Key, AccountId, row.Sequence);

    public void CheckEnd()
    {
        if (IsBroken) return;
        var last = chain.State?.Sequence ?? 0;
        pass.Faults.Try("I13", chain.CheckTexts, chain.Key, AccountId, chain.LacksTextOf);
        pass.Faults.Try(
            "I4", () => InvariantBrokenException.Require(
                _expected.Count == 0 || _expected.Exists(next => next.Count == 0), "I4",
                $"{_expected[0].Peek().Body.Word} belongs to the entry before and is missing"),
            chain.Key, AccountId, last + 1);
        pass.Faults.Try("I4", () => stored.CheckEnd(last, _lastTrailed), chain.Key, AccountId, last + 1);
    }

    private void CheckRow(RawEntry row)
    {
        var entry = chain.Open(row);
        if (entry.Entry.Body is EntryBody.AccountOpened opened) CheckNumber(opened.AccountId);
        if (entry.Entry.Origin?.Key is { } key)
            InvariantBrokenException.Require(
                pass.ClaimKey(chain.Key, key), "I6", $"it claims the idempotency key of an earlier entry");
        CheckDecision(entry);
        CheckPrice(entry.Entry);
        chain.Ratings.Check(entry.Entry, chain.Records);
        chain.Fold(entry);
        chain.Ratings.Add(entry.Entry);
        if (chain.State is ProjectState project) pass.NoteProject(project, entry.Entry);
        stored.Check(chain);
        pass.Rollups.Note(row, entry.Entry, chain.Changed);
        if (pass.HasTrailed(row)) _lastTrailed = row.Sequence;
        InvariantBrokenException.Require(pass.IsIndexed(row, entry.Entry), "I4", $"an index does not find it");
    }

    /// <summary>An entry that brings others with it is decided with them: they must follow.</summary>
    private void CheckDecision(SealedEntry entry)
    {
        if (IsExpected(entry)) return;
        var terms = pass.TermsOf(chain.Key.Project, entry.Entry.At);
        var prices = pass.PricesOf(chain.Key.Project);
        _expected = Redecision.Check(chain.State, entry, chain.Records, terms, prices);
    }

    /// <summary>Whether it belongs to the entry before; throws where that one must have brought another.</summary>
    private bool IsExpected(SealedEntry entry)
    {
        if (_expected is [{ Count: 0 }]) return false;
        string? first = null;
        var mayBeOver = false;
        var fitting = new List<Queue<JournalEntry>>(1);
        foreach (var followers in _expected)
        {
            if (!followers.TryDequeue(out var next) || TakesTier(entry.Entry, next)) mayBeOver = true;
            else if (Redecision.DifferenceOfNext(entry, next) is { } difference) first ??= difference;
            else fitting.Add(followers);
        }
        if (fitting.Count == 0 && !mayBeOver && first is not null) throw new InvariantBrokenException(first);
        _expected = fitting;
        return fitting.Count > 0;
    }

    /// <summary>
    /// One request may put a cap and take a tier. What it said of the cap is read back without the tier, and a cap
    /// alone would begin periods of its own: those of the tier begin instead, and are decided as the tier's.
    /// </summary>
    private static bool TakesTier(JournalEntry entry, JournalEntry expected) =>
        expected.Body is EntryBody.PeriodBegun { Tier: "" } && entry.Body is EntryBody.PeriodBegun { Tier: not "" }
        && entry.At == expected.At
        && entry.Origin?.RequestHash.AsSpan().SequenceEqual(expected.Origin!.RequestHash.AsSpan()) == true;

    private void CheckPrice(JournalEntry entry)
    {
        if (entry.Priced is not { } priced) return;
        var (book, factors) = (pass.PricesOf(entry.Chain.Project), pass.TierFactorsOf(entry.Chain.Project));
        if (PriceProof.Difference(priced, book, factors) is { } difference)
            throw new InvariantBrokenException($"I27: {difference}");
    }

    private void CheckNumber(string accountId)
    {
        InvariantBrokenException.Require(
            AccountNumbers.Of(chain.Key.Project, accountId).Contains(chain.Key), "I12",
            $"account {accountId} cannot have the number {chain.Key.Number}");
    }
}
