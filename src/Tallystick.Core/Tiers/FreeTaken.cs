using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;

namespace Tallystick.Core.Tiers;

/// <summary>What of a capture for an amount was inside the free tier: of what its hold had set aside.</summary>
/// <param name="Credits">What it would have cost beside the amount.</param>
public sealed record FreeTaken(FreeUse Use, CreditAmount Credits)
{
    /// <summary>Of a usage that was priced; null where nothing of it was free.</summary>
    internal static FreeTaken? Of(Cost? cost) => cost?.Free is { } free ? new(free.Use, cost.FreeCredits) : null;

    internal void Write(CborWriter writer)
    {
        writer.Int(Use.Requests); writer.Int(Use.Tokens); writer.Int(Credits.Micros);
    }

    internal static FreeTaken Read(ref CborReader r) => new(new(r.Int(), r.Int()), new(r.Int()));
}
