using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Licenses;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Time;
using Tallystick.Engine.Identity;

namespace Tallystick.Api.Licenses;

/// <summary>
/// <c>POST /api/v1/licenses</c>. First the key is made to lead to the account, in the project's chain; then the account
/// has the licence. What is cut off in between is a key that nobody knows, or one that the same request goes on with.
/// </summary>
internal static class IssueEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Create(
        Roles.BackEnds, "/api/v1/licenses", "Issue a licence; its key is shown this once", typeof(LicenseRequest),
        typeof(LicenseResponse), RunAsync) with
    {
        KeyUse = KeyUse.Optional,
    };

    private static async Task RunAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.LicenseRequest);
        var (name, expiresAt) = (LicenseForm.Name(request.Name) ?? "", request.ExpiresAt?.ToInstant());
        var isChosen = request.LicenseKey is not null;
        if (isChosen && !SecretForm.IsChosenLicense(request.LicenseKey!))
            throw RequestException.Invalid("license_key", "16-128 printable ASCII characters, not tally_…");
        var (caller, keys) = (call.Caller(), call.Service<KeyRing>());
        var project = (await call.ProjectAsync()).State;
        var secret = isChosen ? keys.Of(request.LicenseKey!) : keys.NewLicense(project.Key.Project, project.IsTest);
        var number = await NumberAsync(call, caller, request, secret);
        var command = new AccountCommand.IssueLicense(number, name, secret.Hint, expiresAt);
        // What is repeated gives the same number for a chosen key, and no key for one that was made up.
        var said = request with { LicenseKey = isChosen ? LicenseForm.Id(project.Key.Project, number) : null };
        await call.ChangeAsync(Change.Of(
            new()
            {
                Chain = caller.ChainOf(request.AccountId), AccountId = request.AccountId, Account = command,
                Origin = caller.Origin(Route, null, said, ContractsJson.Default.LicenseRequest),
            },
            Route.Status, ContractsJson.Default.LicenseResponse,
            done => LicenseForm.Issued(
                done.Entry.Entry, request.AccountId, done.Replayed ? null : secret.Secret)));
    }

    /// <summary>
    /// The number of the licence. Where the idempotency key has been used nothing is pointed anywhere: it is the number
    /// that a chosen key leads to, and none of one that is made up.
    /// </summary>
    private static async ValueTask<ThingNumber> NumberAsync(
        ApiCall call, Caller caller, LicenseRequest request, NewSecret secret)
    {
        var (project, isChosen) = (caller.Principal.Project, request.LicenseKey is not null);
        var licenses = call.Service<LicenseDirectory>();
        var (state, at) = await call.AccountAsync(request.AccountId);
        if (caller.Key is { } key && await licenses.IsClaimedAsync(project, state.AccountId, key, call.Cancel))
            return isChosen ? await licenses.FindAsync(project, secret.Mac, call.Cancel) : default;
        Refuse(state, request, at);
        var said = request with { LicenseKey = null };
        var origin = caller.Origin(Route, null, said, ContractsJson.Default.LicenseRequest);
        var (number, accountId) = await licenses.PointAsync(
            project, secret.Mac, request.AccountId, isChosen, origin, call.Cancel);
        return accountId == request.AccountId ? number
            : throw new RejectionException(new Rejection.LicenseConflict("this key is, or was, another account's"));
    }

    /// <summary>What would be refused anyway must not leave a key behind that leads to nothing.</summary>
    private static void Refuse(AccountState state, LicenseRequest request, Instant at)
    {
        Rejection? refused = state.Status == AccountStatus.Closed ? new Rejection.AccountClosed()
            : state.Licenses.Length >= License.ActiveMax ? new Rejection.LimitExceeded("active licenses")
            : request.ExpiresAt?.ToInstant() <= at
                ? new Rejection.InvalidTime("expires_at", "must lie in the future")
            : null;
        if (refused is not null) throw new RejectionException(refused);
    }
}
