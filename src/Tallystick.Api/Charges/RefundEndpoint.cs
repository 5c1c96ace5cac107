using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Charges;

/// <summary><c>POST /api/v1/charges/{id}/refund</c>: gives credits back to the grants they came from.</summary>
internal static class RefundEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Create(
        Roles.BackEnds, "/api/v1/charges/{id}/refund", "Give back part or all of a charge, to the grants it came from",
        typeof(RefundRequest), typeof(RefundResponse), async call => await call.ChangeAsync(Make(
            call.Caller(), call.PathValue("id"),
                await call.ReadAsync(ContractsJson.Default.RefundRequest, mayBeEmpty: true))));

    public static Change Make(Caller caller, string id, RefundRequest request)
    {
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var (chain, number) = caller.Thing(id, ThingId.Charge, "charge");
        return Change.Of(
            new()
            {
                Chain = chain,
                Account = new AccountCommand.RefundCharge(
                    number, request.Amount is { } amount ? Fields.Positive(amount, "amount") : null,
                    Fields.Reference(request.ReferenceId)),
                Origin = caller.Origin(Route, id, request, ContractsJson.Default.RefundRequest),
                Text =
                    FreeText.Of(("reason", FreeText.Check(request.Reason, "reason")), ("metadata", request.Metadata)),
            },
            Route.Status, ContractsJson.Default.RefundResponse,
            done => Receipts.Refund(done.Entry.Entry, ((AccountState)done.State).AccountId));
    }
}
