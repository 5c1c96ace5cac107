using Tallystick.Core.Accounts;
using Tallystick.Core.Explanations;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>Explains an entry of a store that nobody serves: folds its account up to there.</summary>
public static class StoreExplanation
{
    /// <returns>Null if there is no such entry.</returns>
    /// <exception cref="JournalCorruptException">The account's journal is not what was committed.</exception>
    public static Explanation? Find(IStoreAudit audit, ChainKey account, long sequence)
    {
        if (account.IsProject) return null;
        var chain = new RefoldedChain(account, new());
        foreach (var row in audit.ReadChain(account))
        {
            var entry = chain.OpenOrRefuse(row);
            if (row.Sequence == sequence)
                return Explainer.Explain((AccountState?)chain.State, entry, chain.Records, out _);
            chain.Fold(entry);
        }
        return null;
    }
}
