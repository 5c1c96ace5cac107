using System.Buffers.Binary;
using System.Security.Cryptography;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;

namespace Tallystick.Core.Charges;

/// <summary>A charge as far as it was priced from a usage: what a correction of its price starts from.</summary>
/// <param name="CountedAt">Where reports count it: when the usage event occurred, else when it was recorded.</param>
/// <param name="FellShort">It took less than it cost, and nobody owes the rest.</param>
public sealed record RatedCharge(ThingNumber Charge, PricedUsage Priced, Instant CountedAt, bool FellShort)
{
    /// <summary>Null where the entry charges nothing, or was given as an amount.</summary>
    public static RatedCharge? Of(JournalEntry entry) => entry.Body switch
    {
        EntryBody.Charged { Priced: { } priced } => new(entry.Number, priced, entry.At, false),
        EntryBody.Captured { Priced: { } priced } body =>
            new(entry.Number, priced, entry.At, body.Amount < body.Requested),
        EntryBody.UsageRecorded { IsCharged: true, Priced: { } priced } body =>
            new(entry.Number, priced, body.OccurredAt, false),
        _ => null,
    };

    /// <summary>What the entry of a correction says of its charge.</summary>
    public static RatedCharge Of(EntryBody.Corrected correction) => new(
        correction.Charge,
        correction.Priced with
        {
            Cost = correction.Priced.Cost with { Price = default, Provider = correction.ProviderBefore },
        },
        correction.CountedAt, correction.After < correction.Priced.Cost.Total);

    /// <summary>Tells apart what was used, as of when, and where it counts: what no correction changes.</summary>
    public UInt128 Form
    {
        get
        {
            var writer = new CborWriter();
            PricingCodec.Write(writer, Priced.Usage);
            writer.Int(Priced.At.Micros);
            writer.Int(CountedAt.Micros);
            return BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(writer.ToArray()));
        }
    }
}
