using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>An issuer of tokens that a project trusts.</summary>
/// <param name="Number">Of the entry that put its name first, or again after it was taken away.</param>
public sealed record IdentityProvider(ThingNumber Number, string Name, IdentityTerms Terms, Instant ChangedAt)
{
    /// <summary>All of them are in the project's state, which is loaded as a whole.</summary>
    public const int CountMax = 32;

    internal void Write(CborWriter writer)
    {
        writer.Array(4);
        writer.Int(Number.Value); writer.Text(Name); Terms.Write(writer); writer.Int(ChangedAt.Micros);
    }

    internal static IdentityProvider Read(ref CborReader r)
    {
        if (r.Array() != 4) throw new JournalCorruptException("not an identity provider");
        return new(new(r.Int()), r.Text(), IdentityTerms.Read(ref r), new(r.Int()));
    }
}
