namespace Tallystick.Core.Grants;

/// <summary>
/// The order in which grants are spent: priority ascending, soonest expiry (never last), free before paid,
/// effective_at, age. A total order over the grants of an account, fixed at their birth.
/// </summary>
public sealed class BurnOrder : IComparer<Grant>
{
    public static readonly BurnOrder Instance = new();

    public int Compare(Grant? x, Grant? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Priority != y.Priority) return x.Priority.CompareTo(y.Priority);
        var expiry = (x.ExpiresAt?.Micros ?? long.MaxValue).CompareTo(y.ExpiresAt?.Micros ?? long.MaxValue);
        if (expiry != 0) return expiry;
        if (x.IsFree != y.IsFree) return x.IsFree ? -1 : 1;
        var effective = x.EffectiveAt.CompareTo(y.EffectiveAt);
        return effective != 0 ? effective : x.Number.CompareTo(y.Number);
    }

    /// <summary>The first criterion that puts one grant before another, for people.</summary>
    public static string WhyBefore(Grant first, Grant second) =>
        first.Priority != second.Priority ? $"priority {first.Priority} before {second.Priority}"
        : first.ExpiresAt != second.ExpiresAt ? "it expires sooner"
        : first.IsFree != second.IsFree ? "free before paid"
        : first.EffectiveAt != second.EffectiveAt ? "it was effective earlier"
        : "it is older";
}
