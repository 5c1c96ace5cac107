using Tallystick.Core.Accounts;
using Tallystick.Core.Projects;

namespace Tallystick.Core.Journal;

/// <summary>Folds an entry of any chain.</summary>
public static class ChainFold
{
    /// <summary>
    /// The state after the entry and the records that it changed; worthless while something was missing.
    /// </summary>
    public static (ChainState State, IReadOnlyCollection<ChainRecord> Records) Next(
        ChainState? state, SealedEntry entry, IRecords records, out IReadOnlyList<RecordKey> missing)
    {
        if (!entry.Entry.Chain.IsProject)
            return AccountRules.Fold((AccountState?)state, entry, records, out missing);
        missing = [];
        return ProjectRules.Fold((ProjectState?)state, entry);
    }
}
