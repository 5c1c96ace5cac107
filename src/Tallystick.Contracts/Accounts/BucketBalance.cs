using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

public sealed record BucketBalance(string Bucket, Amount Remaining, Amount Held);
