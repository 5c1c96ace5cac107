using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

public sealed record GrantBalance(
    string GrantId, string Bucket, string Kind, int Priority, string Status, Amount Remaining, Amount Held,
    Timestamp EffectiveAt, Timestamp? ExpiresAt);
