using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Licenses;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Time;

namespace Tallystick.Api.Licenses;

/// <summary>Licences in the API's words.</summary>
internal static class LicenseForm
{
    public const string Active = "active", Inactive = "inactive", Expired = "expired";
    private const int NameMax = 100;

    public static string? Name(string? name) => FreeText.Check(name, "name", NameMax);

    public static string StatusOf(License license, Instant at) =>
        license.Status == LicenseStatus.Inactive ? Inactive : license.IsExpiredAt(at) ? Expired : Active;

    public static LicenseResponse Write(int project, string accountId, License license, Instant at) => new()
    {
        Id = Id(project, license.Number),
        AccountId = accountId,
        Name = NullIfEmpty(license.Name),
        Status = StatusOf(license, at),
        Hint = license.Hint,
        CreatedAt = license.CreatedAt.ToTimestamp(),
        ExpiresAt = license.ExpiresAt?.ToTimestamp(),
    };

    /// <param name="secret">Null where it has been shown before.</param>
    public static LicenseResponse Issued(JournalEntry entry, string accountId, string? secret)
    {
        var body = (EntryBody.LicenseIssued)entry.Body;
        return new()
        {
            Id = Id(entry.Chain.Project, body.License),
            AccountId = accountId,
            Name = NullIfEmpty(body.Name),
            Status = Active,
            Hint = body.Hint,
            LicenseKey = secret,
            CreatedAt = entry.At.ToTimestamp(),
            ExpiresAt = body.ExpiresAt?.ToTimestamp(),
        };
    }

    public static string Id(int project, ThingNumber number) =>
        ThingId.Format(ThingId.License, ChainKey.OfProject(project), number);

    private static string? NullIfEmpty(string name) => name.Length == 0 ? null : name;
}
