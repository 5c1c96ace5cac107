using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>What a key is for.</summary>
public sealed record KeyTerms(KeyRole Role, string Name)
{
    /// <summary>The one account that it speaks for: with role <see cref="KeyRole.Account"/>, and only then.</summary>
    public string? AccountId { get; init; }

    /// <summary>From this instant on it is refused; null: never.</summary>
    public Instant? ExpiresAt { get; init; }

    /// <summary>Requests that it may make in any minute; null: any number.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Tokens of model calls in any minute; null: any number.</summary>
    public long? TokensPerMinute { get; init; }

    private bool HasLimits => RequestsPerMinute is not null || TokensPerMinute is not null;

    /// <summary>Limits take no room where there are none.</summary>
    internal void Write(CborWriter writer)
    {
        writer.Array(HasLimits ? 6 : 4);
        writer.Int((int)Role);
        writer.Text(Name);
        if (AccountId is null) writer.Null(); else writer.Text(AccountId);
        if (ExpiresAt is { } at) writer.Int(at.Micros); else writer.Null();
        if (!HasLimits) return;
        if (RequestsPerMinute is { } requests) writer.Int(requests); else writer.Null();
        if (TokensPerMinute is { } tokens) writer.Int(tokens); else writer.Null();
    }

    internal static KeyTerms Read(ref CborReader r)
    {
        var members = r.Array();
        if (members is not (4 or 6)) throw new JournalCorruptException("not a key's terms");
        var terms = new KeyTerms((KeyRole)r.Int(), r.Text())
        {
            AccountId = r.TryNull() ? null : r.Text(), ExpiresAt = r.TryNull() ? null : new Instant(r.Int()),
        };
        return members == 4 ? terms : terms with
        {
            RequestsPerMinute = r.TryNull() ? null : r.Int(), TokensPerMinute = r.TryNull() ? null : r.Int(),
        };
    }
}
