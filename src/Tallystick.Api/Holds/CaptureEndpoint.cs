using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
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
    public static readonly ApiRoute Route = ApiRoute.Post(
        "/api/v1/holds/{id}/capture", "Take what was really used; the rest returns to the same grants",
        typeof(CaptureRequest), typeof(CaptureResponse), RunAsync);

    private static async Task RunAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.CaptureRequest);
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var (chain, number) = call.Thing(call.PathValue("id"), ThingId.Hold, "hold");
        var final = request.Final ?? true;
        if (!final) IdempotencyKey.Read(call.Context, required: true);
        await call.ExecuteAsync(
            new()
            {
                Chain = chain,
                Account = new AccountCommand.CaptureHold
                {
                    Hold = number,
                    Amount = request.Amount.ToCredits(),
                    Final = final,
                    Mode = Words.ToCaptureMode(request.Mode ?? "overflow")
                        ?? throw RequestException.Invalid("mode", "overflow, cap or reject"),
                },
                Origin = call.Origin(request, ContractsJson.Default.CaptureRequest),
                Text = FreeText.Of(
                    ("description", FreeText.Check(request.Description, "description")),
                    ("metadata", request.Metadata)),
            },
            ContractsJson.Default.CaptureResponse,
            (entry, state) => Receipts.Capture(entry.Entry, state.AccountId));
    }
}
