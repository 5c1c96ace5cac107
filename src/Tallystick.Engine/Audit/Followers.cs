using Tallystick.Core;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Audit;

/// <summary>
/// The entries of a chain that those before must have brought with them and that are not there yet: a sequence for each
/// terms that the project may have had.
/// </summary>
internal sealed class Followers
{
    private List<Queue<JournalEntry>> _expected = [];

    /// <summary>One that must be there and is not; null: nothing is missing.</summary>
    public JournalEntry? Missing =>
        _expected.Count == 0 || _expected.Exists(next => next.Count == 0) ? null : _expected[0].Peek();

    public void Expect(List<Queue<JournalEntry>> followers) => _expected = followers;

    /// <summary>Whether an entry is one of them; throws where it stands in the place of one.</summary>
    public bool Has(SealedEntry entry)
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
}
