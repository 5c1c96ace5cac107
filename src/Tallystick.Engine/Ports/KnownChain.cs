using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>A chain to be loaded.</summary>
/// <param name="State">
/// A committed state of it that is at hand, however old: a store may read only what has come since. Null if there is
/// none.
/// </param>
public readonly record struct KnownChain(ChainKey Key, ChainState? State);
