using System.Collections.Concurrent;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// The projects' price books, built from the entries that the project's state names and kept until it names more, or
/// the store was away: after a failover another entry may have the number of one that is lost.
/// Thread-safe; two lanes that miss a book at once both build it, and either is right.
/// </summary>
internal sealed class PriceBooks(ILedgerStore store)
{
    private readonly ConcurrentDictionary<int, (long Last, long Interruptions, PriceBook Book)> _books = new();

    /// <param name="pending">
    /// The project's chain, where this very batch changes it: what is not committed is not kept.
    /// </param>
    public async ValueTask<PriceBook> FindAsync(
        ProjectState? project, Batch.Pending? pending, CancellationToken cancel)
    {
        if (project is null || project.PricingEntries.IsEmpty) return PriceBook.Empty;
        var (last, interruptions) = (project.PricingEntries[^1], store.Interruptions);
        if (_books.TryGetValue(project.Key.Project, out var known)
            && (known.Last, known.Interruptions) == (last, interruptions)) return known.Book;
        var entries = new List<JournalEntry>(project.PricingEntries.Length);
        foreach (var sequence in project.PricingEntries)
            entries.Add((await ChainReader.EntryAsync(store, project.Key, pending, sequence, cancel)
                ?? throw new StoreUnavailableException($"entry {sequence} cannot be read")).Entry);
        var book = PriceBook.Of(entries);
        if (pending?.Entry(last) is null) _books[project.Key.Project] = (last, interruptions, book);
        return book;
    }
}
