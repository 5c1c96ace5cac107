using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;

namespace Tallystick.Server.Tests.Books;

/// <summary>
/// A snapshot held in lists, so that thousands of forgeries can be audited in a second. It has the journal and its
/// seals; states, records and indexes only where they are given.
/// </summary>
internal sealed class MemoryAudit : IStoreAudit
{
    public List<RawEntry> Rows { get; init; } = [];
    public List<Seal> Seals { get; init; } = [];
    public List<ChainState> States { get; init; } = [];
    public List<(ChainKey Chain, ChainRecord Record, long Epoch)> Records { get; init; } = [];

    public List<(ChainKey Chain, RollupGrain Grain, Rollup Part)> Rollups { get; init; } = [];
    public List<(int Project, RollupGrain Grain, Rollup Part)> ProjectRollups { get; init; } = [];

    public static MemoryAudit Of(BookFolder folder)
    {
        using var audit = folder.Audit();
        return new()
        {
            Rows = [.. audit.ReadJournal(ChainRange.All)], Seals = [.. audit.ReadSeals()],
            States = [.. audit.ReadStates(ChainRange.All)], Records = [.. audit.ReadRecords(ChainRange.All)],
            Rollups = [.. audit.ReadRollups(ChainRange.All)], ProjectRollups = [.. audit.ReadProjectRollups()],
        };
    }

    /// <summary>Only what a journal and its seals can tell: nothing else helps to find a forgery.</summary>
    public MemoryAudit Bare => new() { Rows = [.. Rows], Seals = [.. Seals] };

    public List<AuditFault> Verify(VerifyOptions? options = null)
    {
        var faults = new List<AuditFault>();
        StoreVerifier.Run(this, options ?? new(), faults.Add);
        return faults;
    }

    /// <summary>Puts another entry in a row's place and makes all that follows in its chain fit again.</summary>
    public void Forge(int index, JournalEntry entry)
    {
        var chain = Rows[index].Chain;
        var head = index == 0 ? HashChain.Genesis : Rows.Take(index).LastOrDefault(row => row.Chain == chain).Hash;
        for (var i = index; i < Rows.Count; i++)
        {
            if (Rows[i].Chain != chain) continue;
            var bytes = i == index ? EntryCodec.Encode(entry) : Rows[i].Bytes;
            head = HashChain.Next(bytes, head ?? HashChain.Genesis);
            Rows[i] = Rows[i] with { Bytes = bytes, Hash = head };
        }
    }

    /// <summary>Makes the seals fit the journal again, as a forger would who has the store and nothing else.</summary>
    public void ForgeSeals()
    {
        Seal? previous = null;
        for (var i = 0; i < Seals.Count; i++)
        {
            var heads = Seals[i].Heads.Select(head => head with
            {
                Hash = Rows.Last(row => row.Chain == head.Key && row.Sequence == head.Sequence).Hash,
            }).ToList();
            var (project, number, at) = (Seals[i].Project, Seals[i].Number, Seals[i].At);
            var forged = SealedHeads.Of(project, heads);
            var root = forged.Root();
            var hash = SealChain.Hash(project, number, at, heads.Count, root, previous?.Hash ?? SealChain.Genesis);
            Seals[i] = previous = Seals[i] with { Heads = forged, Root = root, Hash = hash };
        }
    }

    public IEnumerable<RawEntry> ReadJournal(ChainRange chains) => Rows.Where(row => chains.Contains(row.Chain));
    public long CountEntries() => Rows.Count;
    public IEnumerable<RawEntry> ReadChain(ChainKey chain) => Rows.Where(row => row.Chain == chain);
    public IEnumerable<ChainState> ReadStates(ChainRange chains) => States.Where(state => chains.Contains(state.Key));
    public IEnumerable<(ChainKey Chain, ChainRecord Record, long Epoch)> ReadRecords(ChainRange chains) =>
        Records.Where(record => chains.Contains(record.Chain));
    public bool HasTrailed(in RawEntry row) => States.Count > 0;
    public bool IsIndexed(in RawEntry row, JournalEntry entry) => true;
    public IEnumerable<(ChainKey Chain, RollupGrain Grain, Rollup Part)> ReadRollups(ChainRange chains) =>
        Rollups.Where(rollup => chains.Contains(rollup.Chain));
    public IEnumerable<(int Project, RollupGrain Grain, Rollup Part)> ReadProjectRollups() => ProjectRollups;
    public (bool InAccount, bool InProject) IsRolledUp(in RawEntry row) =>
        (Rollups.Count > 0, ProjectRollups.Count > 0);
    public IEnumerable<Seal> ReadSeals() => Seals;
    public IEnumerable<string> SelfCheck() => [];
    public Instant? LastSealAt => Seals.Count == 0 ? null : Seals[^1].At;
    public void Dispose() { }
}
