using Tallystick.Core.Journal;
using Tallystick.Engine.Identity;

namespace Tallystick.Api.Http;

/// <summary>Whose credits a request spends: an account named as such, or by the licence whose key was given.</summary>
/// <param name="AccountId">The account in which the request is to be made.</param>
internal sealed record Payer(string AccountId, LicensePlace? License = null)
{
    public ThingNumber LicenseNumber => License?.Number ?? default;

    /// <summary>How often the licence had moved when it was looked for.</summary>
    public int? LicenseMoves => License?.Former.Length;

    /// <summary>The licence's id; null without one.</summary>
    public string? LicenseId(int project) =>
        License is null ? null : ThingId.Format(ThingId.License, ChainKey.OfProject(project), License.Number);
}
