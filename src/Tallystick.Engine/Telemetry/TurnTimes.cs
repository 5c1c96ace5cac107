namespace Tallystick.Engine.Telemetry;

/// <summary>
/// How long a turn took: what its first command had waited, and writing and flushing what was decided.
/// </summary>
internal readonly record struct TurnTimes(int Commands, TimeSpan Wait, TimeSpan Commit);
