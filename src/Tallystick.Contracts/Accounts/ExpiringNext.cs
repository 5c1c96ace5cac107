using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

public sealed record ExpiringNext(Amount Amount, Timestamp At);
