using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;

namespace Tallystick.Api.Charges;

/// <summary><c>POST /api/v1/charges</c>: check and deduct at once.</summary>
internal static class ChargeEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Create(
        "/api/v1/charges", "Check and deduct at once", typeof(ChargeRequest), typeof(MovementResponse), RunAsync);

    private static async Task RunAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.ChargeRequest);
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var accountId = ApiCall.AccountId(request.AccountId);
        await call.ExecuteAsync(
            new()
            {
                Chain = call.ChainOf(accountId),
                AccountId = accountId,
                Account = new AccountCommand.ChargeCredits(
                    Fields.Positive(request.Amount, "amount"), Fields.Reference(request.ReferenceId)),
                Origin = call.Origin(request, ContractsJson.Default.ChargeRequest),
                Text = FreeText.Of(
                    ("description", FreeText.Check(request.Description, "description")),
                    ("metadata", request.Metadata)),
            },
            ContractsJson.Default.MovementResponse,
            (entry, state) => Receipts.Charge(entry.Entry, state.AccountId));
    }
}
