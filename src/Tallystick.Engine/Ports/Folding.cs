using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>
/// Applies one stored entry to the state before it. A store calls it when it opens, for the entries that had not
/// trailed.
/// </summary>
/// <param name="state">The state before the entry; null for the first of a chain.</param>
/// <param name="lookup">
/// The last stored form of a record of the same chain that is no longer open; for a charge without one, what its entry
/// made; null if there is neither.
/// </param>
public delegate FoldResult Folding(ChainState? state, SealedEntry entry, Func<RecordKey, ChainRecord?> lookup);
