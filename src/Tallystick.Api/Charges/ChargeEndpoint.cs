using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Api.Usage;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;

namespace Tallystick.Api.Charges;

/// <summary><c>POST /api/v1/charges</c>: check and deduct at once.</summary>
internal static class ChargeEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Create(
        Roles.BackEnds, "/api/v1/charges",
        "Check and deduct at once", typeof(ChargeRequest), typeof(MovementResponse),
        call => call.ChangeAsync(ContractsJson.Default.ChargeRequest, MakeAsync));

    public static async ValueTask<Change> MakeAsync(Caller caller, ChargeRequest request)
    {
        if (request.Metadata is not null || request.Usage is not null)
            request = request with
            {
                Metadata = FreeText.Canonical(request.Metadata), Usage = UsageForm.Canonical(request.Usage),
            };
        var demand = UsageForm.Asked(request.Amount, request.Usage);
        var payer = await caller.Payers.FindAsync(caller, request.AccountId, request.LicenseKey);
        if (request.LicenseKey is not null) request = request with { LicenseKey = null };
        return Change.Of(
            new()
            {
                Chain = caller.ChainOf(payer.AccountId),
                AccountId = payer.AccountId,
                LicenseMoves = payer.LicenseMoves,
                Account = new AccountCommand.ChargeCredits(demand, Fields.Reference(request.ReferenceId))
                {
                    Spender = Spenders.Of(caller, payer, request.Metadata, request.Usage),
                },
                Origin = caller.OriginOf(Route, payer, request, ContractsJson.Default.ChargeRequest) with
                {
                    Labels = await Labels.OfAsync(caller, request.Metadata),
                },
                Text = FreeText.OfRequest(request.Description, request.Metadata, request.Usage?.Raw),
            },
            Route.Status, ContractsJson.Default.MovementResponse,
            done => Receipts.Charge(done.Entry.Entry, ((AccountState)done.State).AccountId));
    }
}
