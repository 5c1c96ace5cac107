using Tallystick.Core;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;

namespace Tallystick.Engine.Audit;

/// <summary>
/// What the charges of a chain were priced by, packed: a correction of a price must be about the very usage.
/// </summary>
internal sealed class RatingLog
{
    private Dictionary<long, Rating>? _ratings;

    /// <summary>Of the charges that were free in part.</summary>
    private Dictionary<long, FreeRoom>? _free;

    public void Add(JournalEntry entry)
    {
        if (RatedCharge.Of(entry) is not { } rated) return;
        var cost = rated.Priced.Cost;
        (_ratings ??= []).Add(entry.Sequence, new(rated.Form, cost.Provider, cost.Price, rated.FellShort));
        if (Repricing.RoomOf(cost.Free) is { } room) (_free ??= []).Add(entry.Sequence, room);
    }

    /// <summary>Throws where a correction is not of its charge; all other entries pass.</summary>
    /// <param name="records">As of the entry before.</param>
    public void Check(JournalEntry entry, IRecords records)
    {
        if (entry.Body is not EntryBody.Corrected body) return;
        var rating = default(Rating);
        InvariantBrokenException.Require(
            body.Charge.Ordinal == 0 && _ratings?.TryGetValue(body.Charge.Sequence, out rating) == true, "I39",
            $"it corrects entry {body.Charge.Sequence}, which no usage was charged by");
        var said = RatedCharge.Of(body);
        InvariantBrokenException.Require(
            said.Form == rating.Form, "I39", $"its usage, instant or day is not that of entry {body.Charge.Sequence}");
        InvariantBrokenException.Require(
            rating.FellShort || !said.FellShort, "I39",
            $"it comes to {body.After}, the price to {body.Priced.Cost.Total}");
        FreeRoom? room = _free?.TryGetValue(body.Charge.Sequence, out var free) == true ? free : null;
        InvariantBrokenException.Require(
            Repricing.IsFreeWithin(room, body.Priced), "I39",
            $"something else of it is free than entry {body.Charge.Sequence} left room for");
        if (!records.TryGet(new(RecordKind.Charge, body.Charge), out var record)
            || record is not Charge { Revision: null }) return;
        InvariantBrokenException.Require(
            body.ProviderBefore == rating.Provider, "I39",
            $"it says that {body.ProviderBefore} was the provider's, entry {body.Charge.Sequence} {rating.Provider}");
        InvariantBrokenException.Require(
            body.Priced.Cost.Price != rating.Price, "I39", $"the charge was priced by the same version");
    }

    private readonly record struct Rating(UInt128 Form, CreditAmount Provider, ThingNumber Price, bool FellShort);
}
