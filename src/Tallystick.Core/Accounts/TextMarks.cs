using Tallystick.Core.Journal;

namespace Tallystick.Core.Accounts;

/// <summary>Where an account's free text is; the text itself is beside the entries and nowhere else.</summary>
/// <param name="ProfileAt">The entry whose text is the profile, see <see cref="ProfileText"/>; 0: none.</param>
/// <param name="HasText">Some entry has brought text since it was erased last.</param>
/// <param name="ErasedAt">The entry that erased it last; 0: none.</param>
public sealed record TextMarks(long ProfileAt, bool HasText, long ErasedAt)
{
    public static readonly TextMarks None = new(0, false, 0);

    internal TextMarks After(JournalEntry entry)
    {
        if (entry.Body is EntryBody.TextErased) return new(0, false, entry.Sequence);
        if (entry.TextDigest.IsEmpty) return this;
        if (entry.Body is EntryBody.AccountOpened or EntryBody.AccountChanged) return new(
            entry.Sequence, true, ErasedAt);
        return HasText ? this : this with { HasText = true };
    }

    internal void Write(CborWriter writer)
    {
        writer.Int(ProfileAt);
        writer.Bool(HasText);
        writer.Int(ErasedAt);
    }

    internal static TextMarks Read(ref CborReader r)
    {
        var (profileAt, hasText, erasedAt) = (r.Int(), r.Bool(), r.Int());
        return (profileAt, hasText, erasedAt) == (0, false, 0) ? None : new(profileAt, hasText, erasedAt);
    }
}
