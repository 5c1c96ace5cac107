using Tallystick.Core.Journal;

namespace Tallystick.Core.Tiers;

/// <summary>What a hold for an amount sets aside of the free tier, for a model that it is for.</summary>
public sealed record FreeReserve(string Model, FreeUse Use)
{
    internal void Write(CborWriter writer)
    {
        writer.Text(Model); writer.Int(Use.Requests); writer.Int(Use.Tokens);
    }

    internal static FreeReserve Read(ref CborReader r) => new(r.Text(), new(r.Int(), r.Int()));
}
