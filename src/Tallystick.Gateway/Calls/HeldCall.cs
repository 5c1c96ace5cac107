using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Gateway.Calls;

/// <summary>The hold of a call, from the entry that placed it.</summary>
internal sealed record HeldCall(ChainKey Chain, ThingNumber Hold, CreditAmount Amount, Instant ExpiresAt)
{
    public string Id => ThingId.Format(ThingId.Hold, Chain, Hold);

    public static HeldCall Of(JournalEntry entry)
    {
        var placed = (EntryBody.HoldPlaced)entry.Body;
        return new(entry.Chain, entry.Number, placed.Amount, placed.ExpiresAt);
    }
}
