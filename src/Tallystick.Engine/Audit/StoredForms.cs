using System.Buffers.Binary;
using System.Security.Cryptography;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// What a store keeps beside one chain (states, records) and what seals say of it, as fingerprints, until the fold
/// reaches the entry that each stands for.
/// </summary>
internal sealed class StoredForms
{
    private readonly Dictionary<long, List<(UInt128 Form, Instant? Due)>> _states = [];
    private readonly Dictionary<RecordKey, SortedList<long, UInt128>> _records = [];
    private readonly List<(long Sequence, UInt128 Hash)> _heads = [];
    private int _nextHead;

    /// <summary>The last entry that a stored state stands for; 0 for none.</summary>
    public long LastSequence { get; private set; }
    public string? AccountId { get; private set; }

    public void Add(ChainState state)
    {
        if (!_states.TryGetValue(state.Sequence, out var forms)) _states.Add(state.Sequence, forms = []);
        forms.Add((FormOf(state.Canonical().Encode()), state.NextDue));
        LastSequence = Math.Max(LastSequence, state.Sequence);
        if (state is AccountState account) AccountId = account.AccountId;
    }

    public void Add(ChainRecord record, long epoch)
    {
        if (!_records.TryGetValue(record.Key, out var forms)) _records.Add(record.Key, forms = []);
        forms[epoch] = FormOf(record.Encode());
    }

    /// <summary>By rising sequence: the seals are read in their order.</summary>
    public void Add(SealedHead head) => _heads.Add((head.Sequence, FormOf(head.Hash.Span)));

    /// <summary>Holds everything that stands for the chain's last entry against its fold.</summary>
    public void Check(RefoldedChain chain)
    {
        var state = chain.State!;
        for (; _nextHead < _heads.Count && _heads[_nextHead].Sequence <= state.Sequence; _nextHead++)
        {
            InvariantBrokenException.Require(
                _heads[_nextHead] == (state.Sequence, FormOf(state.Head)), "I14", $"a seal has another hash of it");
        }
        if (!_states.TryGetValue(state.Sequence, out var forms)) return;
        var exact = state.Canonical();
        var form = FormOf(exact.Encode());
        foreach (var stored in forms)
        {
            InvariantBrokenException.Require(stored.Form == form, "I4", $"the stored state is not the fold");
            InvariantBrokenException.Require(
                exact.NextDue is not { } due || stored.Due <= due, "I22",
                $"the stored state does not know what falls due");
        }
        var before = state.Sequence == LastSequence ? long.MaxValue : Checkpoints.EpochAfter(state.Sequence);
        foreach (var key in chain.Touched) CheckRecord(state, key, chain.Records.Changed[key], before);
        chain.Touched.Clear();
        if (before == long.MaxValue) CheckNoOthers(state, chain.Records.Changed);
    }

    /// <summary>At the end of the chain: nothing may stand for an entry that is not there.</summary>
    public void CheckEnd(long lastSequence, long lastTrailed)
    {
        InvariantBrokenException.Require(
            _nextHead == _heads.Count, "I14", $"a seal covers {_heads[^1].Sequence} entries; the journal ends before");
        InvariantBrokenException.Require(
            LastSequence <= lastSequence, "I4", $"a state is stored for entry {LastSequence}; the journal ends before");
        InvariantBrokenException.Require(
            LastSequence >= lastTrailed, "I4",
            $"the stored state is of entry {LastSequence} where {lastTrailed} has trailed");
        InvariantBrokenException.Require(
            LastSequence > 0 || _records.Count == 0, "I4", $"records are stored without a state");
    }

    /// <summary>A record that has reopened is in the state: what is stored of it is older and never read.</summary>
    private void CheckRecord(ChainState state, RecordKey key, byte[] folded, long before)
    {
        if (IsOpen(state, key)) return;
        var form = _records.TryGetValue(key, out var forms)
            ? forms.LastOrDefault(one => one.Key < before).Value
            : default;
        InvariantBrokenException.Require(
            form == FormOf(folded), "I4",
            $"the stored {key.Kind} {key.Number.Sequence}.{key.Number.Ordinal} is not the fold's");
    }

    private void CheckNoOthers(ChainState state, IReadOnlyDictionary<RecordKey, byte[]> folded)
    {
        foreach (var key in _records.Keys)
            InvariantBrokenException.Require(
                folded.ContainsKey(key) || IsOpen(state, key), "I4",
                $"a {key.Kind} {key.Number.Sequence}.{key.Number.Ordinal} is stored that never was");
    }

    private static bool IsOpen(ChainState state, RecordKey key) =>
        state is AccountState account && key.Kind switch
        {
            RecordKind.Grant => account.OpenGrant(key.Number) is not null,
            RecordKind.Hold => account.IndexOfHold(key.Number) >= 0,
            RecordKind.Debt => account.OpenDebt(key.Number) is not null,
            _ => false,
        };

    private static UInt128 FormOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
