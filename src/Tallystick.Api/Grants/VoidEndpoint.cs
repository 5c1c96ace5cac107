using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Grants;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Grants;

/// <summary>
/// <c>POST /api/v1/grants/{id}/void</c>: takes what remains of a grant; a reversed payment also what was used.
/// </summary>
internal static class VoidEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.End(
        Roles.BackEnds, "/api/v1/grants/{id}/void",
        "Take back what remains of a grant, or claw back all of it", typeof(VoidRequest),
        typeof(GrantResponse), async call => await call.ChangeAsync(Make(
            call.Caller(), call.PathValue("id"),
                await call.ReadAsync(ContractsJson.Default.VoidRequest, mayBeEmpty: true))));

    public static Change Make(Caller caller, string id, VoidRequest request)
    {
        var (chain, number) = caller.Thing(id, ThingId.Grant, "grant");
        return Change.Of(
            new()
            {
                Chain = chain,
                Account = new AccountCommand.VoidGrant(number, request.ClawBackUsed),
                Origin = caller.Origin(Route, id, request, ContractsJson.Default.VoidRequest),
                Text = FreeText.Of(("reason", FreeText.Check(request.Reason, "reason"))),
            },
            Route.Status, ContractsJson.Default.GrantResponse,
            async done =>
            {
                var view = await caller.Ledger.ViewAsync(chain, caller.Cancel);
                return Receipts.VoidedGrant(done.Entry.Entry, view!.State.AccountId, (await view.GrantAsync(number))!);
            });
    }
}
