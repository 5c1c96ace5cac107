using System.Collections.Immutable;
using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Engine;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;

namespace Tallystick.Simulation.Tests;

/// <summary>
/// Looks at the real store after each operation and believes nothing: each new entry is folded and decided again, what
/// is stored beside the journal is compared, and what was acknowledged must be there, once and as it was said.
/// </summary>
internal sealed class Observer(World world)
{
    private static readonly ImmutableArray<ProjectTerms> Terms =
        [new(ProjectSettings.Default, TierBook.Empty, ZonedCalendar.Instance)];

    private readonly CborWriter _writer = new();
    private readonly Dictionary<ChainKey, Watched> _chains = [];
    private readonly Dictionary<(ChainKey, string), SealedEntry> _keys = [];

    public long Entries { get; private set; }

    /// <summary>What a client has been told holds at any later time.</summary>
    public async Task AcknowledgedAsync(LedgerRequest request, Reply.Done done, ILedgerStore store)
    {
        await LookAsync(request.Chain, store);
        var (key, sequence) = (request.Origin!.Key!, (int)done.Entry.Entry.Sequence);
        var known = _chains[request.Chain];
        var hashes = known.Hashes;
        Require(
            sequence <= hashes.Count && hashes[sequence - 1].AsSpan().SequenceEqual(done.Entry.Hash),
            $"{key} was answered with entry {sequence}, which is not there");
        var entry = _keys.GetValueOrDefault((request.Chain, key));
        // The same end of a hold under another key is answered with the first's entry.
        Require(
            entry?.Entry.Sequence == sequence || (entry is null && done.Replayed),
            $"{key} was answered with entry {sequence} and is entry {entry?.Entry.Sequence}");
        Require(
            entry?.Entry.Origin is not { } origin
                || origin.RequestHash.AsSpan().SequenceEqual(request.Origin.RequestHash.AsSpan()),
            $"{key} was acknowledged for another request than entered it");
        known.Told = Math.Max(known.Told, sequence);
    }

    /// <summary>
    /// How far a chain has come as far as anybody has been told: the store may have more, whose answers are on the way.
    /// </summary>
    public long SequenceOf(ChainKey chain) => _chains.TryGetValue(chain, out var known) ? known.Told : 0;

    public async Task LookAsync(ChainKey chain, ILedgerStore store)
    {
        if (!_chains.TryGetValue(chain, out var known)) _chains.Add(chain, known = new(new(chain, _writer)));
        var entries = await store.ReadAsync(chain, known.Sequence + 1, long.MaxValue, default);
        foreach (var entry in entries) Check(known, entry);
        var state = await store.LoadAsync(chain, default);
        Require(
            state?.Sequence == known.Chain.State?.Sequence, $"the stored state is not of entry {known.Sequence}");
        if (state is null) return;
        Require(
            state.Encode().AsSpan().SequenceEqual(known.Chain.State!.Encode()),
            $"the stored state differs from the fold at entry {known.Sequence}");
    }

    /// <summary>The whole of <c>tally verify</c>.</summary>
    public static string Verify(IStoreAudit audit)
    {
        var faults = new List<AuditFault>();
        var result = StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add);
        Require(faults.Count == 0, string.Join('\n', faults));
        return result.Digest!;
    }

    private void Check(Watched known, SealedEntry stored)
    {
        var sequence = known.Sequence + 1;
        var entry = known.Chain.Open(
            new(0, known.Chain.Key, sequence, stored.Bytes, stored.Hash, stored.Text));
        if (!known.Followers.Has(entry))
            known.Followers.Expect(
                Redecision.Check(known.Chain.State, entry, known.Chain.Records, Terms, PriceBook.Empty));
        known.Chain.Fold(entry);
        known.Hashes.Add(stored.Hash);
        if (entry.Entry.Origin?.Key is { } key)
            Require(_keys.TryAdd((known.Chain.Key, key), entry), $"{key} has been entered twice");
        Entries++;
        world.Note($"{known.Chain.Key.Number}/{sequence} {entry.Entry.Body.Word} {Convert.ToHexString(entry.Hash)}");
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvariantBrokenException(otherwise);
    }

    private sealed record Watched(RefoldedChain Chain)
    {
        public long Sequence => Chain.State?.Sequence ?? 0;
        public long Told { get; set; }
        public Followers Followers { get; } = new();
        public List<byte[]> Hashes { get; } = [];
    }
}
