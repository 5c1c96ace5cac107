using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Charges;

/// <summary><c>GET /api/v1/charges/{id}</c>: a charge or capture, and what of it has been refunded.</summary>
internal static class GetChargeEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Get(
        Roles.Readers, "/api/v1/charges/{id}",
        "A charge or capture, and what of it has been refunded", typeof(ChargeDetailResponse),
            async call =>
        {
            var (chain, number) = call.Thing("id", ThingId.Charge, "charge");
            var view = await call.ViewAsync(chain, "charge");
            // What a correction charged further is part of the charge that it corrects.
            var charge = await view.ChargeAsync(number) is { Of.IsNone: true } found ? found
                : throw RequestException.NotFound("charge");
            var entry = await call.Ledger.EntryAsync(chain, number.Sequence, call.Cancel);
            await call.AnswerAsync(
                Receipts.ChargeDetail(entry!.Entry, view.State.AccountId, charge),
                    ContractsJson.Default.ChargeDetailResponse);
        });
}
