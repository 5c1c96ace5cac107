using Tallystick.Core.Journal;

namespace Tallystick.Core;

/// <summary>Records beside the state, as far as they have been loaded.</summary>
public interface IRecords
{
    /// <summary>False when it has not been looked for; true with null when there is none.</summary>
    bool TryGet(RecordKey key, out ChainRecord? record);
}
