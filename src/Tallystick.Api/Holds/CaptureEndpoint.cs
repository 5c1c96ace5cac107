using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Api.Usage;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Holds;

/// <summary>
/// <c>POST /api/v1/holds/{id}/capture</c>: settlement. Takes what was used; the rest returns to the same grants.
/// </summary>
internal static class CaptureEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.End(
        Roles.BackEnds, "/api/v1/holds/{id}/capture", "Take what was really used; the rest returns to the same grants",
        typeof(CaptureRequest),
        typeof(CaptureResponse), async call => await call.ChangeAsync(
            await MakeAsync(
                call.Caller(), call.PathValue("id"), await call.ReadAsync(ContractsJson.Default.CaptureRequest))));

    public static async ValueTask<Change> MakeAsync(Caller caller, string id, CaptureRequest request)
    {
        request = request with
        {
            Metadata = FreeText.Canonical(request.Metadata), Usage = UsageForm.Canonical(request.Usage),
        };
        var demand = UsageForm.Asked(request.Amount, request.Usage, mayBeZero: true);
        var (chain, number) = caller.Thing(id, ThingId.Hold, "hold");
        var final = request.Final ?? true;
        if (!final) caller.RequireKey();
        return Change.Of(
            new()
            {
                Chain = chain,
                Account = new AccountCommand.CaptureHold
                {
                    Hold = number,
                    Demand = demand,
                    Final = final,
                    Mode = Fields.Mode(request.Mode),
                },
                Origin = caller.Origin(Route, id, request, ContractsJson.Default.CaptureRequest) with
                {
                    Labels = await Labels.OfEndAsync(caller, request.Metadata, chain, number),
                },
                Text = FreeText.OfRequest(request.Description, request.Metadata, request.Usage?.Raw),
            },
            Route.Status, ContractsJson.Default.CaptureResponse,
            done => Receipts.Capture(done.Entry.Entry, ((AccountState)done.State).AccountId));
    }
}
