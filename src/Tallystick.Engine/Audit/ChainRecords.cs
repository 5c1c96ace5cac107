using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Audit;

/// <summary>
/// The records of one chain as its fold has left them, as bytes. It knows all there is: no look-up is ever missing.
/// </summary>
internal sealed class ChainRecords : IRecords
{
    private readonly Dictionary<RecordKey, byte[]> _changed = [];
    private readonly ChargeLog _charges = new();

    public IReadOnlyDictionary<RecordKey, byte[]> Changed => _changed;

    public bool TryGet(RecordKey key, out ChainRecord? record)
    {
        record = _changed.TryGetValue(key, out var bytes) ? AccountStateCodec.DecodeRecord(key.Kind, bytes)
            : key.Kind == RecordKind.Charge ? _charges.Find(key.Number)
            : null;
        return true;
    }

    /// <summary>What one entry made and changed.</summary>
    public void Add(JournalEntry entry, IReadOnlyCollection<ChainRecord> changed)
    {
        _charges.Add(entry);
        foreach (var record in changed) _changed[record.Key] = record.Encode();
    }
}
