using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Json;
using Tallystick.Core;
using Tallystick.Core.Accounts;

namespace Tallystick.Api.Accounts;

/// <summary>An account as it is: itself, its balance, and what a charge of so much would come to.</summary>
internal static class AccountEndpoints
{
    public static readonly ApiRoute Get = ApiRoute.Get(
        "/api/v1/accounts/{account_id}", "One account", typeof(AccountResponse), async call =>
        {
            var (state, _) = await call.AccountAsync(call.PathValue("account_id"));
            await call.AnswerAsync(200, Things.Account(state), ContractsJson.Default.AccountResponse);
        });

    public static readonly ApiRoute Balance = ApiRoute.Get(
        "/api/v1/accounts/{account_id}/balance", "What an account has, now or at an instant", typeof(BalanceResponse),
        async call =>
        {
            var (state, at) = await call.AccountAsync(call.PathValue("account_id"));
            await call.AnswerAsync(200, Things.Balance(state, at), ContractsJson.Default.BalanceResponse);
        });

    public static readonly ApiRoute Check = ApiRoute.Post(
        "/api/v1/check", "Would this amount pass? By the very rule that a charge is decided by", typeof(CheckRequest),
        typeof(CheckResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.CheckRequest);
            var amount = Fields.Positive(request.Amount, "amount");
            var (state, _) = await call.AccountAsync(request.AccountId);
            var refusal = AccountRules.Check(state, amount);
            await call.AnswerAsync(200, new()
            {
                Allowed = refusal is null,
                Required = request.Amount,
                Available = state.Affordable.ToAmount(),
                LimitSource = refusal is Rejection.InsufficientCredits ? "balance" : null,
                Code = refusal?.Code,
                AffordableAmount = state.Status == AccountStatus.Active ? state.Affordable.ToAmount() : default,
            }, ContractsJson.Default.CheckResponse);
        });

    public static readonly ApiRoute Suspend = Change(
        "suspend", "Refuse new charges and holds", new AccountCommand.SuspendAccount());

    public static readonly ApiRoute Reactivate = Change(
        "reactivate", "End a suspension", new AccountCommand.ReactivateAccount());

    public static readonly ApiRoute Close = ApiRoute.Post(
        "/api/v1/accounts/{account_id}/close", "Close for good: what remains is voided, debt stays",
        typeof(CloseAccountRequest), typeof(AccountResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.CloseAccountRequest, mayBeEmpty: true);
            await ChangeAsync(call, new AccountCommand.CloseAccount(request.ReleaseHolds));
        });

    private static ApiRoute Change(string verb, string summary, AccountCommand command) => ApiRoute.Post(
        $"/api/v1/accounts/{{account_id}}/{verb}", summary, typeof(EmptyRequest), typeof(AccountResponse), async call =>
        {
            await call.ReadAsync(ContractsJson.Default.EmptyRequest, mayBeEmpty: true);
            await ChangeAsync(call, command);
        });

    private static Task ChangeAsync(ApiCall call, AccountCommand command)
    {
        var accountId = ApiCall.AccountId(call.PathValue("account_id"));
        return call.ExecuteAsync(
            new()
            {
                Chain = call.ChainOf(accountId),
                AccountId = accountId,
                Account = command,
                Origin = call.Origin(new EmptyRequest(), ContractsJson.Default.EmptyRequest),
            },
            ContractsJson.Default.AccountResponse, (_, state) => Things.Account(state), Things.Account);
    }
}
