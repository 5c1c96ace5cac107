using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.TestClock;

/// <summary>The test clock's time.</summary>
public sealed record ClockResponse(Timestamp Now);
