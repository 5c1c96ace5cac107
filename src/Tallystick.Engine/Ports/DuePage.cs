using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Ports;

/// <summary>Part of a tour over the accounts that have something due.</summary>
/// <param name="Due">Accounts, each with a lower bound of the instant at which something falls due.</param>
/// <param name="Next">Where to go on; null when the tour is over.</param>
public sealed record DuePage(IReadOnlyList<(ChainKey Chain, Instant At)> Due, string? Next);
