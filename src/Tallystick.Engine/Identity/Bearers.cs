using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;

namespace Tallystick.Engine.Identity;

/// <summary>
/// Resolves what comes as <c>Authorization: Bearer</c>: an API key or a licence key. Thread-safe.
/// </summary>
public sealed class Bearers(Ledger ledger, KeyRing keys, LicenseDirectory licenses)
{
    public async ValueTask<Bearer> FindAsync(string secret, CancellationToken cancel)
    {
        if (SecretForm.ProjectOfLicense(secret) is { } project) return await FindLicenseAsync(project, secret, cancel);
        if (await keys.FindAsync(secret, cancel) is { } principal) return new(principal, null);
        // Such a key does not say whose it is: it is the first project's, and only if that has any.
        return SecretForm.IsChosenLicense(secret)
            && await keys.FindOpenAsync(KeyRing.DefaultProject, cancel) is { HasChosenLicenseKeys: true }
            ? await FindLicenseAsync(KeyRing.DefaultProject, secret, cancel)
            : default;
    }

    private async ValueTask<Bearer> FindLicenseAsync(int project, string secret, CancellationToken cancel)
    {
        if (await keys.FindOpenAsync(project, cancel) is null) return default;
        var number = await licenses.FindAsync(project, keys.MacOf(secret), cancel);
        if (number.IsNone || await licenses.PresentAsync(project, number, cancel) is not var (license, place))
            return default;
        var principal = new Principal(project, Actors.OfLicense(number), KeyRole.Account, license.Name)
        {
            AccountId = place.AccountId, License = place,
        };
        return new(principal, License.RefusedUse(license, ledger.Clock.Now));
    }
}
