namespace Tallystick.Core.Journal;

/// <summary>Who asked for an entry, as one number: of which thing it is, its ordinal tells.</summary>
public static class Actors
{
    private const int OperatorOrdinal = 1, LicenseOrdinal = 2, IssuerOrdinal = 3;

    /// <summary>A key of the project itself.</summary>
    public static ThingNumber OfKey(ThingNumber key) => key;

    /// <summary>An admin key of the first project, who changes another one.</summary>
    public static ThingNumber OfOperator(ThingNumber key) => new(key.Sequence, OperatorOrdinal);

    /// <summary>Whoever holds a licence of the project.</summary>
    public static ThingNumber OfLicense(ThingNumber license) => new(license.Sequence, LicenseOrdinal);

    /// <summary>Whoever came with a token of an identity provider.</summary>
    public static ThingNumber OfIssuer(ThingNumber provider) => new(provider.Sequence, IssuerOrdinal);

    /// <summary>As the API shows it; null for the server itself.</summary>
    public static string? IdOf(int project, ThingNumber actor) => actor switch
    {
        { IsNone: true } => null,
        { Ordinal: OperatorOrdinal } =>
            ThingId.Format(ThingId.Key, ChainKey.OfProject(ChainKey.FirstProject), new(actor.Sequence, 0)),
        { Ordinal: LicenseOrdinal } =>
            ThingId.Format(ThingId.License, ChainKey.OfProject(project), new(actor.Sequence, 0)),
        { Ordinal: IssuerOrdinal } =>
            ThingId.Format(ThingId.IdentityProvider, ChainKey.OfProject(project), new(actor.Sequence, 0)),
        _ => ThingId.Format(ThingId.Key, ChainKey.OfProject(project), actor),
    };
}
