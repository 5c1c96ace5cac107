namespace Tallystick.Engine.Telemetry;

/// <summary>Where a lane tells what happened to it.</summary>
internal sealed record LaneSignals(LedgerMeter Meter, StoreHealth Health);
