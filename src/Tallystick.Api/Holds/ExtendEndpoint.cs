using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Holds;

/// <summary><c>POST /api/v1/holds/{id}/extend</c>: a later end for work that takes longer.</summary>
internal static class ExtendEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.End(
        Roles.BackEnds, "/api/v1/holds/{id}/extend",
        "Let a hold end later", typeof(ExtendRequest), typeof(HoldResponse),
        async call => await call.ChangeAsync(
            Make(call.Caller(), call.PathValue("id"), await call.ReadAsync(ContractsJson.Default.ExtendRequest))));

    public static Change Make(Caller caller, string id, ExtendRequest request)
    {
        var (chain, number) = caller.Thing(id, ThingId.Hold, "hold");
        return Change.Of(
            new()
            {
                Chain = chain,
                Account = new AccountCommand.ExtendHold(number, request.ExpiresAt.ToInstant()),
                Origin = caller.Origin(Route, id, request, ContractsJson.Default.ExtendRequest),
            },
            Route.Status, ContractsJson.Default.HoldResponse,
            async done => HoldReceipts.Extended(
                await caller.EntryAsync(chain, number.Sequence), done.Entry.Entry,
                    ((AccountState)done.State).AccountId));
    }
}
