using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Api.Usage;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Time;

namespace Tallystick.Api.Holds;

/// <summary><c>POST /api/v1/holds</c>: sets credits aside before the work starts.</summary>
internal static class PlaceHoldEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Create(
        Roles.BackEnds, "/api/v1/holds",
        "Set credits aside before the work starts", typeof(HoldRequest), typeof(HoldResponse),
        call => call.ChangeAsync(ContractsJson.Default.HoldRequest, MakeAsync));

    public static async ValueTask<Change> MakeAsync(Caller caller, HoldRequest request)
    {
        request = request with
        {
            Metadata = FreeText.Canonical(request.Metadata), Usage = UsageForm.Canonical(request.Usage),
        };
        var demand = UsageForm.Asked(request.Amount, request.Usage);
        var payer = await caller.Payers.FindAsync(caller, request.AccountId, request.LicenseKey);
        request = request with { LicenseKey = null };
        return Change.Of(
            new()
            {
                Chain = caller.ChainOf(payer.AccountId),
                AccountId = payer.AccountId,
                LicenseMoves = payer.LicenseMoves,
                Account = new AccountCommand.PlaceHold
                {
                    Demand = demand,
                    ExpiresIn = Lifetime(request),
                    ExpiresAt = request.ExpiresAt?.ToInstant(),
                    ReferenceId = Fields.Reference(request.ReferenceId),
                    Spender = Spenders.Of(caller, payer, request.Metadata, request.Usage),
                },
                Origin = caller.OriginOf(Route, payer, request, ContractsJson.Default.HoldRequest) with
                {
                    Labels = await Labels.OfAsync(caller, request.Metadata),
                },
                Text = FreeText.OfRequest(request.Description, request.Metadata, request.Usage?.Raw),
            },
            Route.Status, ContractsJson.Default.HoldResponse,
            done => HoldReceipts.Placed(done.Entry.Entry, ((AccountState)done.State).AccountId));
    }

    private static Duration Lifetime(HoldRequest request) => (request.ExpiresIn, request.ExpiresAt) switch
    {
        (not null, not null) => throw RequestException.Invalid("expires_in", "give it or expires_at, not both"),
        ({ } seconds, _) => Fields.Seconds(seconds, "expires_in"),
        _ => AccountCommand.HoldLifetimeDefault,
    };
}
