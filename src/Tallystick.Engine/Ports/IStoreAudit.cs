using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Ports;

/// <summary>
/// One consistent snapshot of a store for <c>verify</c>, <c>digest</c>, <c>export</c> and <c>explain</c>: opened
/// read-only, also beside a running server, with everything that was acknowledged.
/// </summary>
/// <remarks>
/// What cannot be read as what was written is a <see cref="JournalCorruptException"/>; a read that fails for another
/// reason a <see cref="StoreUnavailableException"/>.
/// </remarks>
public interface IStoreAudit : IDisposable
{
    /// <summary>Rows in the order in which they were committed; per chain in sequence.</summary>
    IEnumerable<RawEntry> ReadJournal(ChainRange chains);
    long CountEntries();

    /// <summary>The entries of one chain, by sequence.</summary>
    IEnumerable<RawEntry> ReadChain(ChainKey chain);

    /// <summary>
    /// All states that are stored, each with the sequence that it stands for: the last one, and those that are kept to
    /// answer for earlier instants.
    /// </summary>
    IEnumerable<ChainState> ReadStates(ChainRange chains);

    /// <summary>All records that are stored, in every form that is kept, with its epoch.</summary>
    IEnumerable<(ChainKey Chain, ChainRecord Record, long Epoch)> ReadRecords(ChainRange chains);

    /// <summary>
    /// True if states, records and indexes must show the entry; false while it is too new to have trailed.
    /// </summary>
    bool HasTrailed(in RawEntry row);

    /// <summary>
    /// What the indexes say of an entry that has trailed: found by (chain, sequence), by the idempotency key that it
    /// claims, by its reference id, and by the account id that it opens, as far as it has them.
    /// </summary>
    bool IsIndexed(in RawEntry row, JournalEntry entry);

    /// <summary>What is kept of accounts for reports, in parts that add up within a grain.</summary>
    IEnumerable<(ChainKey Chain, RollupGrain Grain, Rollup Part)> ReadRollups(ChainRange chains);

    /// <summary>What is kept of whole projects for reports, in parts that add up within a grain.</summary>
    IEnumerable<(int Project, RollupGrain Grain, Rollup Part)> ReadProjectRollups();

    /// <summary>Whether what is kept of its account, and of its project, counts an entry already.</summary>
    (bool InAccount, bool InProject) IsRolledUp(in RawEntry row);

    /// <summary>By project, then number.</summary>
    IEnumerable<Seal> ReadSeals();

    /// <summary>
    /// What the store says of itself that <c>verify</c> should know: settings, damaged pages, rows that belong to
    /// nothing. Empty if sound.
    /// </summary>
    IEnumerable<string> SelfCheck();
    Instant? LastSealAt { get; }
}
