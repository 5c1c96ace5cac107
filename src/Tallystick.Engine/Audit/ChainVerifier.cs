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
    private readonly Followers _followers = new();
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
                _followers.Missing is null, "I4",
                $"{_followers.Missing?.Body.Word} belongs to the entry before and is missing"),
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
        if (_followers.Has(entry)) return;
        var terms = pass.TermsOf(chain.Key.Project, entry.Entry.At);
        var prices = pass.PricesOf(chain.Key.Project);
        _followers.Expect(Redecision.Check(chain.State, entry, chain.Records, terms, prices));
    }

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
