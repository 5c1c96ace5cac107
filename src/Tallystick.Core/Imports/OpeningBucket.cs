using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Imports;

/// <summary>What one bucket of another system's account had when its balance was taken over.</summary>
/// <param name="Remaining">What could be spent; what open jobs had taken is not in it.</param>
/// <param name="ExpiresAt">Of the grant that it becomes; null: never.</param>
public sealed record OpeningBucket(string Bucket, CreditAmount Remaining, int Priority, Instant? ExpiresAt);
