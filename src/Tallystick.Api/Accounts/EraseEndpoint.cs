using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Accounts;

/// <summary>
/// <c>POST /api/v1/accounts/{account_id}/erase</c>: takes away all free text of an account. What was entered stays.
/// </summary>
internal static class EraseEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.End(
        Roles.Admins, "/api/v1/accounts/{account_id}/erase",
        "Erase an account's free text for good: names, addresses, descriptions, metadata; the books still verify",
        typeof(EmptyRequest), typeof(ErasureResponse), async call => await call.ChangeAsync(Make(
            call.Caller(), call.PathValue("account_id"),
            await call.ReadAsync(ContractsJson.Default.EmptyRequest, mayBeEmpty: true))));

    private static Change Make(Caller caller, string id, EmptyRequest request)
    {
        var accountId = Fields.AccountId(id);
        return Change.Of(
            new()
            {
                Chain = caller.ChainOf(accountId),
                AccountId = accountId,
                Account = new AccountCommand.EraseText(),
                Origin = caller.Origin(Route, accountId, request, ContractsJson.Default.EmptyRequest),
            },
            Route.Status, ContractsJson.Default.ErasureResponse,
            done => new ErasureResponse
            {
                AccountId = accountId,
                TransactionId = ThingId.Format(
                    ThingId.Transaction, done.Entry.Entry.Chain, done.Entry.Entry.Number),
                CreatedAt = done.Entry.Entry.At.ToTimestamp(),
            });
    }
}
