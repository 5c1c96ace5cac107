using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Grants;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;

namespace Tallystick.Api.Grants;

/// <summary><c>POST /api/v1/accounts/{account_id}/grants</c>: gives a lot of credits.</summary>
internal static class GrantEndpoint
{
    private const int BucketMax = 64;

    public static readonly ApiRoute Route = ApiRoute.Create(
        Roles.BackEnds, "/api/v1/accounts/{account_id}/grants",
        "Give a lot of credits", typeof(GrantRequest), typeof(GrantResponse),
        async call => await call.ChangeAsync(Make(
            call.Caller(), call.PathValue("account_id"), await call.ReadAsync(ContractsJson.Default.GrantRequest))));

    public static Change Make(Caller caller, string id, GrantRequest request)
    {
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var accountId = Fields.AccountId(id);
        return Change.Of(
            new()
            {
                Chain = caller.ChainOf(accountId),
                AccountId = accountId,
                Account = ToCommand(request),
                Origin = caller.Origin(Route, accountId, request, ContractsJson.Default.GrantRequest),
                Text = FreeText.OfRequest(request.Description, request.Metadata),
            },
            Route.Status, ContractsJson.Default.GrantResponse,
            done => Receipts.Grant(done.Entry.Entry, accountId));
    }

    private static AccountCommand.GiveCredits ToCommand(GrantRequest request)
    {
        var kind = request.Kind ?? "purchase";
        if (request.Bucket is { Length: 0 }) throw RequestException.Invalid("bucket", "1-64 characters");
        if (request.Priority is < 0 or > AccountCommand.PriorityMax)
            throw RequestException.Invalid("priority", "0 to 1000");
        return new()
        {
            Amount = Fields.Positive(request.Amount, "amount"),
            Kind = Words.ToGrantKind(kind) ?? throw RequestException.Invalid("kind", "not a kind of grant"),
            Bucket = FreeText.Check(request.Bucket, "bucket", BucketMax) ?? kind,
            Priority = request.Priority ?? AccountCommand.PriorityDefault,
            EffectiveAt = request.EffectiveAt?.ToInstant(),
            ExpiresAt = request.ExpiresAt?.ToInstant(),
            CostBasis = FreeText.Check(request.CostBasis, "cost_basis", BucketMax),
            ReferenceId = Fields.Reference(request.ReferenceId),
        };
    }
}
