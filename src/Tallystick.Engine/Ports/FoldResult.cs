using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>The state after an entry, and the records that the entry changed, in their last form.</summary>
public sealed record FoldResult(ChainState State, IReadOnlyCollection<ChainRecord> Records);
