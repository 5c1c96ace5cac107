using Tallystick.Core.Journal;

namespace Tallystick.Core;

/// <summary>Records by key in a dictionary; a null value says that there is none.</summary>
public sealed class LoadedRecords : IRecords
{
    private readonly Dictionary<RecordKey, ChainRecord?> _records = [];
    public static readonly LoadedRecords None = new();
    public void Add(RecordKey key, ChainRecord? record) => _records[key] = record;
    public bool TryGet(RecordKey key, out ChainRecord? record) => _records.TryGetValue(key, out record);
}
