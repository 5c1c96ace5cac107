using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Holds;

/// <summary><c>POST /api/v1/holds/{id}/release</c>: gives all that is still set aside back to its grants.</summary>
internal static class ReleaseEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.End(
        Roles.BackEnds, "/api/v1/holds/{id}/release",
        "Give all that is set aside back to its grants", typeof(EmptyRequest),
        typeof(HoldResponse),
        async call => await call.ChangeAsync(
            Make(call.Caller(), call.PathValue("id"),
                await call.ReadAsync(ContractsJson.Default.EmptyRequest, mayBeEmpty: true))));

    public static Change Make(Caller caller, string id, EmptyRequest request)
    {
        var (chain, number) = caller.Thing(id, ThingId.Hold, "hold");
        return Change.Of(
            new()
            {
                Chain = chain,
                Account = new AccountCommand.ReleaseHold(number),
                Origin = caller.Origin(Route, id, request, ContractsJson.Default.EmptyRequest),
            },
            Route.Status, ContractsJson.Default.HoldResponse,
            async done =>
            {
                var view = await caller.Ledger.ViewAsync(chain, caller.Cancel);
                var placed = await caller.EntryAsync(chain, number.Sequence);
                var released = await view!.HoldAsync(number);
                return HoldReceipts.Of(placed, view.State.AccountId, released!, done.Entry.Entry.AvailableAfter);
            });
    }
}
