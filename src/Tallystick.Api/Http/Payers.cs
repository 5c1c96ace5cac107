using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Engine;
using Tallystick.Engine.Identity;

namespace Tallystick.Api.Http;

/// <summary>Finds out whose credits a request spends. Thread-safe.</summary>
internal sealed class Payers(KeyRing keys, LicenseDirectory licenses)
{
    /// <exception cref="RejectionException">There is no such licence.</exception>
    public async ValueTask<Payer> FindAsync(Caller caller, string? accountId, string? licenseKey) =>
        (accountId, licenseKey) switch
        {
            ({ } id, null) => new(Fields.AccountId(id)),
            (null, { } key) => await OfLicenseAsync(caller, key),
            (null, null) => throw RequestException.Invalid("account_id", "must be given, or license_key"),
            _ => throw RequestException.Invalid("license_key", "give it or account_id, not both"),
        };

    /// <summary>The same request where its licence is by now; null where there is none any more.</summary>
    public async ValueTask<LedgerRequest?> FollowAsync(LedgerRequest request, CancellationToken cancel)
    {
        var (project, origin) = (request.Chain.Project, request.Origin!);
        if (await licenses.LookAsync(project, origin.License, null, cancel) is not { } place) return null;
        var accountId = await licenses.AccountForAsync(project, place, origin.Key, cancel);
        return request with
        {
            Chain = ChainKey.OfAccount(project, accountId), AccountId = accountId, LicenseMoves = place.Former.Length,
        };
    }

    private async ValueTask<Payer> OfLicenseAsync(Caller caller, string key)
    {
        var (project, cancel) = (caller.Principal.Project, caller.Cancel);
        var number = await MayBeOfAsync(project, key, cancel)
            ? await licenses.FindAsync(project, keys.MacOf(key), cancel) : default;
        if (number.IsNone || await licenses.PlaceAsync(project, number, cancel) is not { } place)
            throw new RejectionException(new Rejection.LicenseInvalid());
        return new(await licenses.AccountForAsync(project, place, caller.Key, cancel), place);
    }

    /// <summary>Only what can be one of this project's is looked for.</summary>
    private async ValueTask<bool> MayBeOfAsync(int project, string key, CancellationToken cancel) =>
        SecretForm.ProjectOfLicense(key) is { } named ? named == project
        : SecretForm.IsChosenLicense(key)
            && await keys.FindOpenAsync(project, cancel) is { HasChosenLicenseKeys: true };
}
