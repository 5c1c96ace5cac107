using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// One walk through the journal that checks the chains of one range, all at once and in the order of their commits.
/// </summary>
internal sealed class VerifyPass(
    IStoreAudit audit, FaultReport faults, ProjectHistories projects, RollupVerifier rollups)
{
    private readonly CborWriter _writer = new();
    private readonly Dictionary<ChainKey, StoredForms> _stored = [];
    private readonly Dictionary<ChainKey, ChainVerifier> _chains = [];
    private readonly HashSet<UInt128> _keys = [];

    public FaultReport Faults => faults;
    public RollupVerifier Rollups => rollups;

    public IEnumerable<ProjectTerms> TermsOf(int project, Instant at) => projects.TermsOf(project, at);
    public PriceBook PricesOf(int project) => projects.PricesOf(project);
    public IReadOnlyCollection<ExactDecimal> TierFactorsOf(int project) => projects.TierFactorsOf(project);
    public void NoteProject(ProjectState state, JournalEntry entry) => projects.Note(state, entry);
    public bool HasTrailed(in RawEntry row) => audit.HasTrailed(row);
    public bool IsIndexed(in RawEntry row, JournalEntry entry) => audit.IsIndexed(row, entry);

    /// <returns>False if the key has been claimed before in the same chain.</returns>
    public bool ClaimKey(ChainKey chain, string key)
    {
        var input = new byte[12 + Encoding.UTF8.GetByteCount(key)];
        BinaryPrimitives.WriteInt32BigEndian(input, chain.Project);
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(4), chain.Number);
        Encoding.UTF8.GetBytes(key, input.AsSpan(12));
        return _keys.Add(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(input)));
    }

    /// <param name="examined">Called for each row.</param>
    /// <returns>The chains in the order of their keys' numbers, then projects.</returns>
    public IReadOnlyList<RefoldedChain> Run(ChainRange range, Action examined)
    {
        Load(range);
        foreach (var row in faults.Read("I13", audit.ReadJournal(range)))
        {
            var chain = Find(row.Chain);
            if (!chain.IsBroken) chain.Check(row);
            examined();
            if (faults.IsOver) return [];
        }
        foreach (var key in _stored.Keys) Find(key);
        if (!faults.IsCutShort)
        {
            foreach (var chain in _chains.Values) chain.CheckEnd();
            // Where a chain is broken nothing can be said of what it adds up to.
            if (!_chains.Values.Any(chain => chain.IsBroken)) rollups.CheckAccounts(range);
        }
        return [.. from chain in _chains.Values
                   let key = chain.Chain.Key
                   orderby key.Number, key.Project
                   select chain.Chain];
    }

    private void Load(ChainRange range)
    {
        foreach (var state in faults.Read("I4", audit.ReadStates(range))) StoredOf(state.Key).Add(state);
        foreach (var (chain, record, epoch) in faults.Read("I4", audit.ReadRecords(range)))
            StoredOf(chain).Add(record, epoch);
        foreach (var seal in faults.Read("I14", audit.ReadSeals()))
            foreach (var head in seal.Heads)
                if (range.Contains(head.Key)) StoredOf(head.Key).Add(head);
    }

    private StoredForms StoredOf(ChainKey chain)
    {
        if (!_stored.TryGetValue(chain, out var stored)) _stored.Add(chain, stored = new());
        return stored;
    }

    private ChainVerifier Find(ChainKey key)
    {
        if (_chains.TryGetValue(key, out var chain)) return chain;
        return _chains[key] = new(new(key, _writer), StoredOf(key), this);
    }
}
