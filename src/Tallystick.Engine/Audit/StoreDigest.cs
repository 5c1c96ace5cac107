using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// The digest of a store's books: only folds, and believes what <see cref="StoreVerifier"/> would check.
/// </summary>
public static class StoreDigest
{
    /// <returns>Hexadecimal.</returns>
    /// <exception cref="JournalCorruptException">The journal cannot be folded.</exception>
    /// <exception cref="StoreUnavailableException">The store could not be read to the end.</exception>
    public static string Compute(IStoreAudit audit, IProgress<AuditProgress>? progress)
    {
        var (entries, total) = (0L, audit.CountEntries());
        using var digest = new BookDigest();
        foreach (var range in AuditRanges.OfAccounts(total).Prepend(ChainRange.Projects))
        {
            var chains = new SortedDictionary<(long Number, int Project), RefoldedChain>();
            var writer = new CborWriter();
            foreach (var row in audit.ReadJournal(range))
            {
                if (!chains.TryGetValue((row.Chain.Number, row.Chain.Project), out var chain))
                    chains.Add((row.Chain.Number, row.Chain.Project), chain = new(row.Chain, writer));
                chain.Fold(chain.OpenOrRefuse(row));
                if (++entries % StoreVerifier.ReportEvery == 0) progress?.Report(new(entries, total));
            }
            digest.Add(chains.Values);
        }
        return digest.Finish();
    }
}
