using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Reports;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Gateway.Calls;

/// <summary>The hold of a call, from the entry that placed it.</summary>
/// <param name="Free">What it has set aside of the free tier.</param>
internal sealed record HeldCall(
    ChainKey Chain, ThingNumber Hold, CreditAmount Amount, Instant ExpiresAt, FreeUse Free)
{
    /// <summary>Under which its project reports: its capture's, too.</summary>
    public ImmutableArray<Label> Labels { get; init; } = [];
    public string Id => ThingId.Format(ThingId.Hold, Chain, Hold);

    public static HeldCall Of(JournalEntry entry)
    {
        var placed = (EntryBody.HoldPlaced)entry.Body;
        return new(entry.Chain, entry.Number, placed.Amount, placed.ExpiresAt, placed.Free?.Use ?? default)
        {
            Labels = entry.Origin?.Labels ?? [],
        };
    }
}
