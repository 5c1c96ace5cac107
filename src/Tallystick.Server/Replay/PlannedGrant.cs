using Tallystick.Contracts.Json;

namespace Tallystick.Server.Replay;

/// <param name="Lifetime">Null for ever.</param>
internal sealed record PlannedGrant(string Kind, int Priority, Amount Amount, TimeSpan? Lifetime);
