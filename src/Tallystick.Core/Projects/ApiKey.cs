using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>
/// A key that may call the API. Only a keyed hash of it is kept. Live ones are in the project's state, the others
/// beside it.
/// </summary>
public sealed record ApiKey : ChainRecord
{
    /// <summary>Live keys of a project: all of them are in its state, which is loaded as a whole.</summary>
    public const int LiveMax = 1_000;

    public override RecordKind Kind => RecordKind.Key;
    public required KeyTerms Terms { get; init; }
    public required ImmutableArray<byte> Mac { get; init; }

    /// <summary>The form's prefix and the last characters, for people.</summary>
    public required string Hint { get; init; }
    public required Instant CreatedAt { get; init; }

    /// <summary>Null while it has not been revoked.</summary>
    public Instant? RevokedAt { get; init; }

    /// <summary>The key that took its place; none while nothing has.</summary>
    public ThingNumber ReplacedBy { get; init; }

    public bool IsLiveAt(Instant at) => RevokedAt is null && !(Terms.ExpiresAt <= at);

    public override void Write(CborWriter writer)
    {
        writer.Array(7);
        writer.Int(Number.Value); Terms.Write(writer); writer.Bytes(Mac.AsSpan()); writer.Text(Hint);
        writer.Int(CreatedAt.Micros);
        if (RevokedAt is { } at) writer.Int(at.Micros); else writer.Null();
        writer.Int(ReplacedBy.Value);
    }

    public static ApiKey Read(ref CborReader r)
    {
        if (r.Array() != 7) throw new JournalCorruptException("not a key");
        return new()
        {
            Number = new(r.Int()), Terms = KeyTerms.Read(ref r), Mac = [.. r.Bytes()], Hint = r.Text(),
            CreatedAt = new(r.Int()), RevokedAt = r.TryNull() ? null : new Instant(r.Int()), ReplacedBy = new(r.Int()),
        };
    }
}
