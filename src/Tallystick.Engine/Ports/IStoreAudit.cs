using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Ports;

/// <summary>
/// One consistent snapshot of a store for <c>verify</c>, <c>digest</c>, <c>export</c> and <c>explain</c>: opened
/// read-only, also beside a running server, with everything that was acknowledged.
/// </summary>
public interface IStoreAudit : IDisposable
{
    /// <summary>Rows in the order in which they were committed; per chain in sequence.</summary>
    IEnumerable<RawEntry> ReadJournal();
    long CountEntries();

    /// <summary>The entries of one chain, by sequence.</summary>
    IEnumerable<RawEntry> ReadChain(ChainKey chain);

    /// <summary>All states that have trailed, each with the sequence that it stands for.</summary>
    IEnumerable<ChainState> ReadStates();

    /// <summary>All records that have trailed.</summary>
    IEnumerable<(ChainKey Chain, ChainRecord Record)> ReadRecords();

    /// <summary>
    /// What the trailed indexes say of one entry: found by (chain, sequence), and by its key if it claims one.
    /// </summary>
    bool IsIndexed(in RawEntry row, string? key);
    IEnumerable<Seal> ReadSeals();

    /// <summary>
    /// What the store says of itself that <c>verify</c> should know: settings, damaged pages, missing indexes. Empty if
    /// sound.
    /// </summary>
    IEnumerable<string> SelfCheck();
    Instant? LastSealAt { get; }
}
