using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Projects;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Engine.Limits;

namespace Tallystick.Engine.Identity;

/// <summary>
/// Resolves what comes as <c>Authorization: Bearer</c>: an API key, a licence key, or a token of an identity provider.
/// Thread-safe.
/// </summary>
public sealed class Bearers(KeyRing keys, LicenseDirectory licenses, TokenHolders tokens, FailureBrake brake)
{
    /// <summary>The header that names the project whose identity providers a token is for; keys name theirs.</summary>
    public const string ProjectHeader = "Tally-Project";

    /// <summary>
    /// A key is found in memory, whatever has failed before. What takes the store or a signature is looked at only
    /// where not too much has failed.
    /// </summary>
    /// <exception cref="IssuerUnavailableException">Whether a token is good cannot be told now.</exception>
    public async ValueTask<Bearer> FindAsync(Credential credential, CancellationToken cancel)
    {
        var secret = credential.Secret;
        if (await keys.FindAsync(secret, cancel) is { } principal) return new(principal, null);
        if (brake.HoldsUp(credential.From, secret) is { } wait) return new Bearer { HeldUp = wait };
        var bearer = await FindHolderAsync(secret, credential.Project, cancel);
        if (bearer.Principal is null) brake.Failed(credential.From); else brake.Passed(secret);
        return bearer;
    }

    private async ValueTask<Bearer> FindHolderAsync(string secret, string? projectName, CancellationToken cancel)
    {
        if (SecretForm.ProjectOfLicense(secret) is { } project) return await FindLicenseAsync(project, secret, cancel);
        if (await FindProjectAsync(projectName, cancel) is { IdentityProviders.Length: > 0 } trusting
            && await tokens.FindAsync(trusting, secret, cancel) is { Principal: not null } holder) return holder;
        // Such a key does not say whose it is: it is the first project's, and only if that has any.
        return SecretForm.IsChosenLicense(secret)
            && await keys.FindOpenAsync(KeyRing.DefaultProject, cancel) is { HasChosenLicenseKeys: true }
            ? await FindLicenseAsync(KeyRing.DefaultProject, secret, cancel)
            : default;
    }

    private async ValueTask<ProjectState?> FindProjectAsync(string? name, CancellationToken cancel)
    {
        var first = await keys.FindOpenAsync(KeyRing.DefaultProject, cancel);
        if (name is null || first is null || name == first.Name) return first;
        return first.Register.FirstOrDefault(project => project.Name == name) is { } named
            ? await keys.FindOpenAsync(named.Number, cancel)
            : null;
    }

    private async ValueTask<Bearer> FindLicenseAsync(int project, string secret, CancellationToken cancel)
    {
        if (await keys.FindOpenAsync(project, cancel) is null) return default;
        var number = await licenses.FindAsync(project, keys.MacOf(secret), cancel);
        if (number.IsNone || await licenses.PresentAsync(project, number, cancel) is not var (license, place, at))
            return default;
        var principal = new Principal(project, Actors.OfLicense(number), KeyRole.Account, license.Name)
        {
            AccountId = place.AccountId, License = place,
        };
        return new(principal, License.RefusedUse(license, at));
    }
}
