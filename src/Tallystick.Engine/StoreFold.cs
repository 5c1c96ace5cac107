using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine;

/// <summary>What a store that opens needs to know of the rules: how one entry follows another.</summary>
public static class StoreFold
{
    /// <summary>A <see cref="Folding"/>: asks for each record that the entry touches, once.</summary>
    public static FoldResult Next(ChainState? state, SealedEntry entry, Func<RecordKey, ChainRecord?> lookup)
    {
        var records = LoadedRecords.None;
        while (true)
        {
            var (next, changed) = ChainFold.Next(state, entry, records, out var missing);
            if (missing.Count == 0) return new(next, changed);
            if (ReferenceEquals(records, LoadedRecords.None)) records = new();
            foreach (var key in missing) records.Add(key, lookup(key));
        }
    }
}
