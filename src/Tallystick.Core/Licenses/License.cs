using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Licenses;

/// <summary>
/// A key in the field that spends this account's credits. Active ones are in the account's state, so that one decision
/// looks at licence and credits; the others are beside it. Which secret it is, only the project's chain knows.
/// </summary>
public sealed record License : ChainRecord
{
    /// <summary>Active ones of an account: all of them are in its state.</summary>
    public const int ActiveMax = 1_000;

    /// <summary>How often one may move: each account that it left is asked for keys that were used there.</summary>
    public const int MovesMax = 16;

    public override RecordKind Kind => RecordKind.License;
    public required string Name { get; init; }

    /// <summary>The key's form and last characters, for people.</summary>
    public required string Hint { get; init; }
    public required LicenseStatus Status { get; init; }
    public required Instant CreatedAt { get; init; }

    /// <summary>From this instant on it is refused; null: never.</summary>
    public Instant? ExpiresAt { get; init; }

    /// <summary>Ids of the accounts that it has left, oldest first; one that it left twice is there twice.</summary>
    public ImmutableArray<string> Former { get; init; } = [];

    /// <summary>Where it went from here, as it was then; null while it is here.</summary>
    public string? MovedTo { get; init; }

    public bool IsExpiredAt(Instant at) => ExpiresAt <= at;

    /// <summary>
    /// Why it may not be used now: that it exists, is active and has not expired is asked in this order.
    /// </summary>
    public static Rejection? RefusedUse(License? license, Instant at) =>
        license is null ? new Rejection.LicenseInvalid()
        : license.MovedTo is not null ? new Rejection.LicenseMoved()
        : license.Status == LicenseStatus.Inactive ? new Rejection.LicenseInactive()
        : license.IsExpiredAt(at) ? new Rejection.LicenseExpired()
        : null;

    public override void Write(CborWriter writer)
    {
        writer.Array(8);
        writer.Int(Number.Value); writer.Text(Name); writer.Text(Hint); writer.Int((int)Status);
        writer.Int(CreatedAt.Micros);
        if (ExpiresAt is { } at) writer.Int(at.Micros); else writer.Null();
        Names.Write(writer, Former);
        if (MovedTo is null) writer.Null(); else writer.Text(MovedTo);
    }

    public static License Read(ref CborReader r)
    {
        if (r.Array() != 8) throw new JournalCorruptException("not a licence");
        return new()
        {
            Number = new(r.Int()), Name = r.Text(), Hint = r.Text(), Status = (LicenseStatus)r.Int(),
            CreatedAt = new(r.Int()), ExpiresAt = r.TryNull() ? null : new Instant(r.Int()),
            Former = Names.Read(ref r), MovedTo = r.TryNull() ? null : r.Text(),
        };
    }
}
