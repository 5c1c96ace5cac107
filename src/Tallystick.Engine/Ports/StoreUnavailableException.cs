using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>
/// The store could not do it. Nothing was changed, unless the message says that the outcome is unknown: then a shared
/// store gave up looking, and the keys will tell. Becomes 503 <c>store_unavailable</c>.
/// </summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException() { }
    public StoreUnavailableException(string message) : base(message) { }
    public StoreUnavailableException(string message, Exception? inner) : base(message, inner) { }

    /// <summary>
    /// True where the store takes commits: only some accounts cannot be had, or only what trails the commits failed.
    /// </summary>
    public bool IsPartial { get; init; }

    /// <summary>Where only these cannot be had: others of the batch could be committed without them.</summary>
    public ImmutableArray<ChainKey> Chains { get; init; } = [];
}
