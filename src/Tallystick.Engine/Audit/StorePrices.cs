using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>The price book of a project in a store that nobody need serve.</summary>
public static class StorePrices
{
    /// <returns>Null if there is no such project.</returns>
    /// <exception cref="JournalCorruptException">The project's journal is not what was committed.</exception>
    public static PriceBook? Find(IStoreAudit audit, int project)
    {
        var chain = new RefoldedChain(ChainKey.OfProject(project), new());
        var entries = new List<JournalEntry>();
        foreach (var row in audit.ReadChain(chain.Key))
        {
            var entry = chain.OpenOrRefuse(row);
            chain.Fold(entry);
            entries.Add(entry.Entry);
        }
        return chain.State is null ? null : PriceBook.Of(entries);
    }
}
