using System.Text.Json.Serialization.Metadata;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Licenses;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Engine;
using Tallystick.Engine.Identity;

namespace Tallystick.Api.Licenses;

/// <summary>Licences as they are, and what changes them. Each is idempotent by nature.</summary>
internal static class LicenseEndpoints
{
    private const string Pattern = "/api/v1/licenses", One = Pattern + "/{id}";
    private const int AttemptsMax = 4;

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, One, "A licence, without its key", typeof(LicenseResponse), async call =>
            await call.AnswerAsync(await RenderAsync(call, NumberOf(call)), ContractsJson.Default.LicenseResponse));

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, Pattern, "An account's licences, newest first", typeof(Page<LicenseResponse>), async call =>
        {
            var query = ListQuery.Read(call, "account_id", "status");
            if (query["status"] is not (null or LicenseForm.Active or LicenseForm.Inactive or LicenseForm.Expired))
                throw RequestException.Invalid("status", "active, inactive or expired");
            var accountId = query["account_id"] ?? throw RequestException.Invalid("account_id", "must be given");
            var view = await call.ViewAsync(accountId);
            var page = await view.LicensesAsync(
                license => license.MovedTo is null
                    && (query["status"] is not { } word || word == LicenseForm.StatusOf(license, view.At)),
                query.BeforeThing, query.Limit);
            await call.AnswerAsync(
                query.Page(page, license => LicenseForm.Write(
                    call.Principal.Project, view.State.AccountId, license, view.At)),
                ContractsJson.Default.PageLicenseResponse);
        }) with
    {
        Query = ["account_id", "status", .. ListQuery.Members],
    };

    public static readonly ApiRoute Put = ApiRoute.Put(
        Roles.BackEnds, One, "Rename a licence, or change when it expires", typeof(ChangeLicenseRequest),
        typeof(LicenseResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.ChangeLicenseRequest);
            var name = LicenseForm.Name(request.Name);
            await ChangeAsync(
                call, Put!, request, ContractsJson.Default.ChangeLicenseRequest,
                number => new AccountCommand.ChangeLicense(
                    number, name, request.ExpiresAt.Value?.ToInstant(), request.ExpiresAt.IsNull));
        });

    public static readonly ApiRoute Deactivate = End(
        "deactivate", "Refuse a licence until it is reactivated",
        number => new AccountCommand.DeactivateLicense(number));

    public static readonly ApiRoute Reactivate = End(
        "reactivate", "Take a licence again", number => new AccountCommand.ReactivateLicense(number));

    public static readonly ApiRoute Expire = End(
        "expire", "End a licence now", number => new AccountCommand.ExpireLicense(number));

    public static readonly ApiRoute Move = ApiRoute.End(
        Roles.BackEnds, One + "/move", "Let a licence spend another account's credits from now on",
        typeof(MoveLicenseRequest), typeof(LicenseResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.MoveLicenseRequest);
            await ChangeAsync(
                call, Move!, request, ContractsJson.Default.MoveLicenseRequest,
                number => new AccountCommand.MoveLicense(number, request.AccountId),
                () => RequireRoomAsync(call, request.AccountId));
        });

    private static async ValueTask RequireRoomAsync(ApiCall call, string accountId)
    {
        var (target, _) = await call.AccountAsync(accountId);
        if (target.Status == AccountStatus.Closed) throw new RejectionException(new Rejection.AccountClosed());
        if (target.Licenses.Length >= License.ActiveMax)
            throw new RejectionException(new Rejection.LimitExceeded("active licenses"));
    }

    private static ApiRoute End(string verb, string summary, Func<ThingNumber, AccountCommand> command)
    {
        ApiRoute? route = null;
        return route = ApiRoute.End(
            Roles.BackEnds, $"{One}/{verb}", summary, typeof(EmptyRequest), typeof(LicenseResponse), async call =>
            {
                var request = await call.ReadAsync(ContractsJson.Default.EmptyRequest, mayBeEmpty: true);
                await ChangeAsync(call, route!, request, ContractsJson.Default.EmptyRequest, command);
            });
    }

    /// <summary>
    /// Asks the account in which the idempotency key was used, else the one that has the licence; if it has moved
    /// meanwhile, the next one.
    /// </summary>
    /// <param name="check">Asked only of what has not been answered before.</param>
    private static async Task ChangeAsync<T>(
        ApiCall call, ApiRoute route, T request, JsonTypeInfo<T> type, Func<ThingNumber, AccountCommand> command,
        Func<ValueTask>? check = null)
    {
        var (number, project, licenses) = (NumberOf(call), call.Principal.Project, call.Service<LicenseDirectory>());
        var origin = call.Caller().Origin(route, call.PathValue("id"), request, type);
        var place = await licenses.LookAsync(project, number, null, call.Cancel);
        for (var attempt = 0; attempt < AttemptsMax && place is not null; attempt++)
        {
            var accountId = await licenses.AccountForAsync(project, place, origin.Key, call.Cancel);
            var isClaimed = origin.Key is { } key
                && await licenses.IsClaimedAsync(project, accountId, key, call.Cancel);
            if (check is not null && !isClaimed) await check();
            var reply = await call.Ledger.ExecuteAsync(
                new()
                {
                    Chain = ChainKey.OfAccount(project, accountId), AccountId = accountId, Account = command(number),
                    Origin = origin, LicenseMoves = place.Former.Length,
                },
                call.Cancel);
            if (reply is not Reply.Refused { Rejection: Rejection.LicenseMoved or Rejection.NotFound })
            {
                if (reply is Reply.Done { Replayed: false }
                    && await licenses.LookAsync(project, number, origin, call.Cancel) is null) break;
                await call.AnswerAsync(
                    reply, () => RenderAsync(call, number, accountId, reply), ContractsJson.Default.LicenseResponse);
                return;
            }
            place = await licenses.LookAsync(project, number, null, call.Cancel);
        }
        throw place is null ? RequestException.NotFound("license")
            : new RejectionException(new Rejection.LicenseMoved());
    }

    private static async ValueTask<LicenseResponse> RenderAsync(ApiCall call, ThingNumber number)
    {
        var (project, licenses) = (call.Principal.Project, call.Service<LicenseDirectory>());
        var (license, place, at) = await licenses.PresentAsync(project, number, call.Cancel)
            ?? throw RequestException.NotFound("license");
        return LicenseForm.Write(project, place.AccountId, license, at);
    }

    /// <summary>A change: the licence as its entry left it, whenever that is asked for. Else as it is now.</summary>
    private static async ValueTask<LicenseResponse> RenderAsync(
        ApiCall call, ThingNumber number, string accountId, Reply reply)
    {
        if (reply is not Reply.Done { Entry.Entry: var entry }) return await RenderAsync(call, number);
        var license = await call.Ledger.LicenseAfterAsync(entry, number, call.Cancel)
            ?? throw RequestException.NotFound("license");
        return LicenseForm.Write(call.Principal.Project, license.MovedTo ?? accountId, license, entry.At);
    }

    private static ThingNumber NumberOf(ApiCall call) => call.ProjectThing("id", ThingId.License, "license");
}
