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
        "Check and deduct at once", typeof(ChargeRequest), typeof(MovementResponse), async call =>
            await call.ChangeAsync(Make(call.Caller(), await call.ReadAsync(ContractsJson.Default.ChargeRequest))));

    public static Change Make(Caller caller, ChargeRequest request)
    {
        request = request with
        {
            Metadata = FreeText.Canonical(request.Metadata), Usage = UsageForm.Canonical(request.Usage),
        };
        var demand = UsageForm.Asked(request.Amount, request.Usage);
        var accountId = Fields.AccountId(request.AccountId);
        return Change.Of(
            new()
            {
                Chain = caller.ChainOf(accountId),
                AccountId = accountId,
                Account = new AccountCommand.ChargeCredits(demand, Fields.Reference(request.ReferenceId))
                {
                    Spender = Spenders.Of(caller, request.Metadata),
                },
                Origin = caller.Origin(Route, null, request, ContractsJson.Default.ChargeRequest),
                Text = FreeText.OfRequest(request.Description, request.Metadata, request.Usage?.Raw),
            },
            Route.Status, ContractsJson.Default.MovementResponse,
            done => Receipts.Charge(done.Entry.Entry, accountId));
    }
}
