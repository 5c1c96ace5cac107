using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>What a key is for.</summary>
public sealed record KeyTerms(KeyRole Role, string Name)
{
    /// <summary>The one account that it speaks for: with role <see cref="KeyRole.Account"/>, and only then.</summary>
    public string? AccountId { get; init; }

    /// <summary>From this instant on it is refused; null: never.</summary>
    public Instant? ExpiresAt { get; init; }

    internal void Write(CborWriter writer)
    {
        writer.Array(4);
        writer.Int((int)Role);
        writer.Text(Name);
        if (AccountId is null) writer.Null(); else writer.Text(AccountId);
        if (ExpiresAt is { } at) writer.Int(at.Micros); else writer.Null();
    }

    internal static KeyTerms Read(ref CborReader r)
    {
        if (r.Array() != 4) throw new JournalCorruptException("not a key's terms");
        return new((KeyRole)r.Int(), r.Text())
        {
            AccountId = r.TryNull() ? null : r.Text(), ExpiresAt = r.TryNull() ? null : new Instant(r.Int()),
        };
    }
}
