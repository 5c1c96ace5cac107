using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;

namespace Tallystick.Server;

/// <summary>A store that takes writes, with what it asks of those who use it.</summary>
/// <param name="Time">What business time is read from: a shared store's own clock, so that its nodes agree.</param>
/// <param name="Lanes">How it is best written to.</param>
/// <param name="Warnings">What the operator should know.</param>
internal sealed record OpenedStore(
    ILedgerStore Store, TimeProvider Time, LaneOptions Lanes, IReadOnlyList<string> Warnings);
