using System.Collections.Immutable;

namespace Tallystick.Core.Journal;

/// <summary>Whose tokens a project takes, and which account they speak for.</summary>
/// <param name="Issuer">Who signs them: what their claim <c>iss</c> says, to the letter.</param>
/// <param name="SubjectClaim">The claim that names who it is.</param>
public sealed record IdentityTerms(string Issuer, string SubjectClaim)
{
    public const string SubjectDefault = "sub";

    /// <summary>Where the issuer's keys are; null: where its discovery document says.</summary>
    public string? JwksUri { get; init; }

    /// <summary>A token must be meant for one of them.</summary>
    public required ImmutableArray<string> Audiences { get; init; }

    /// <summary>By which it may be signed, by their names in RFC 7518.</summary>
    public required ImmutableArray<string> Algorithms { get; init; }

    /// <summary>Claims that a token must carry with exactly these values, by name.</summary>
    public ImmutableArray<RequiredClaim> RequiredClaims { get; init; } = [];

    /// <summary>Comes before the subject in the account's id; null: the subject alone is the id.</summary>
    public string? AccountPrefix { get; init; }

    /// <summary>The tier of an account that is made for a token; null: the project's default tier.</summary>
    public string? Tier { get; init; }

    /// <summary>Seconds that the issuer's clock may be off.</summary>
    public required int ClockSkew { get; init; }

    public bool Equals(IdentityTerms? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    public override int GetHashCode() => HashCode.Combine(Issuer, SubjectClaim, AccountPrefix);

    internal void Write(CborWriter writer)
    {
        writer.Array(9);
        writer.Text(Issuer);
        writer.Text(SubjectClaim);
        Write(writer, JwksUri);
        Names.Write(writer, Audiences);
        Names.Write(writer, Algorithms);
        Names.Write(writer, [.. RequiredClaims.SelectMany(claim => new[] { claim.Name, claim.Value })]);
        Write(writer, AccountPrefix);
        Write(writer, Tier);
        writer.Int(ClockSkew);
    }

    internal static IdentityTerms Read(ref CborReader r)
    {
        if (r.Array() != 9) throw new JournalCorruptException("not an identity provider's terms");
        return new(r.Text(), r.Text())
        {
            JwksUri = r.TryNull() ? null : r.Text(), Audiences = Names.Read(ref r), Algorithms = Names.Read(ref r),
            RequiredClaims = ReadClaims(ref r), AccountPrefix = r.TryNull() ? null : r.Text(),
            Tier = r.TryNull() ? null : r.Text(), ClockSkew = checked((int)r.Int()),
        };
    }

    private static ImmutableArray<RequiredClaim> ReadClaims(ref CborReader r)
    {
        var texts = Names.Read(ref r);
        if (texts.Length % 2 != 0) throw new JournalCorruptException("claims come in pairs");
        return [.. texts.Chunk(2).Select(pair => new RequiredClaim(pair[0], pair[1]))];
    }

    private static void Write(CborWriter writer, string? text)
    {
        if (text is null) writer.Null(); else writer.Text(text);
    }

    private byte[] Encode()
    {
        var writer = new CborWriter();
        Write(writer);
        return writer.ToArray();
    }
}
