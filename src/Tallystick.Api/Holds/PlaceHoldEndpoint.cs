using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Time;

namespace Tallystick.Api.Holds;

/// <summary><c>POST /api/v1/holds</c>: sets credits aside before the work starts.</summary>
internal static class PlaceHoldEndpoint
{
    private const long SecondsMax = 366L * 86_400;

    public static readonly ApiRoute Route = ApiRoute.Create(
        "/api/v1/holds", "Set credits aside before the work starts", typeof(HoldRequest),
        typeof(HoldResponse), RunAsync);

    private static async Task RunAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.HoldRequest);
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var accountId = ApiCall.AccountId(request.AccountId);
        await call.ExecuteAsync(
            new()
            {
                Chain = call.ChainOf(accountId),
                AccountId = accountId,
                Account = new AccountCommand.PlaceHold
                {
                    Amount = Fields.Positive(request.Amount, "amount"),
                    ExpiresIn = Lifetime(request),
                    ExpiresAt = request.ExpiresAt?.ToInstant(),
                    ReferenceId = Fields.Reference(request.ReferenceId),
                },
                Origin = call.Origin(request, ContractsJson.Default.HoldRequest),
                Text = FreeText.Of(
                    ("description", FreeText.Check(request.Description, "description")),
                    ("metadata", request.Metadata)),
            },
            ContractsJson.Default.HoldResponse,
            (entry, state) => Receipts.PlacedHold(entry.Entry, state.AccountId));
    }

    private static Duration Lifetime(HoldRequest request) => (request.ExpiresIn, request.ExpiresAt) switch
    {
        (not null, not null) => throw RequestException.Invalid("expires_in", "give it or expires_at, not both"),
        ( < 1 or > SecondsMax, _) => throw RequestException.Invalid("expires_in", $"1 to {SecondsMax} seconds"),
        ({ } seconds, _) => Duration.FromSeconds(seconds),
        _ => AccountCommand.HoldLifetimeDefault,
    };
}
