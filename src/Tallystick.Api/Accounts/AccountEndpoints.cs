using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Api.Usage;
using Tallystick.Contracts;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Json;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Money;

namespace Tallystick.Api.Accounts;

/// <summary>An account as it is: itself, its balance, and what a charge of so much would come to.</summary>
internal static class AccountEndpoints
{
    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, "/api/v1/accounts/{account_id}", "One account", typeof(AccountResponse), async call =>
        {
            var (state, _) = await call.AccountAsync(call.PathValue("account_id"));
            await call.AnswerAsync(
                await Things.AccountAsync(call.Ledger, state, call.Cancel), ContractsJson.Default.AccountResponse);
        });

    public static readonly ApiRoute Balance = ApiRoute.Get(
        Roles.Readers, "/api/v1/accounts/{account_id}/balance",
        "What an account has, now or at an instant", typeof(BalanceResponse),
        async call =>
        {
            var (state, at) = await call.AccountAsync(call.PathValue("account_id"), mayBePast: true);
            var tiers = await call.TiersAsync();
            await call.AnswerAsync(Things.Balance(state, tiers, at), ContractsJson.Default.BalanceResponse);
        }) with
    {
        Query = ["at"],
    };

    public static readonly ApiRoute Check = ApiRoute.Post(
        Roles.Readers, "/api/v1/check",
        "Would this amount pass? By the very rule that a charge is decided by", typeof(CheckRequest),
        typeof(CheckResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.CheckRequest);
            var demand = UsageForm.Asked(request.Amount, request.Usage);
            var payer = await call.Service<Payers>().FindAsync(call.Caller(), request.AccountId, request.LicenseKey);
            var (license, accountId) = await call.LicenseAsync(payer);
            var (state, at) = await call.AccountAsync(accountId);
            var envelope = await call.Ledger.EnvelopeAsync(call.Principal.Project, at, call.Cancel);
            var spender = Spenders.Of(call.Caller(), payer, FreeText.Canonical(request.Metadata), request.Usage);
            var check = AccountRules.Check(state, demand, spender, envelope);
            // What cannot be priced has no answer; whether the account could pay is another question.
            if (check.Asked.NeedsPrices && state.Status == AccountStatus.Active)
                throw new RejectionException(check.Refusal!);
            var refusal = license is null ? check.Refusal : License.RefusedUse(license, at) ?? check.Refusal;
            await call.AnswerAsync(new()
            {
                Allowed = refusal is null,
                Required = check.Asked.Amount.ToAmount(),
                Available = state.Affordable.ToAmount(),
                LimitSource = refusal switch
                {
                    Rejection.InsufficientCredits => "balance",
                    Rejection.LimitReached limit => limit.Source,
                    _ => null,
                },
                LimitAvailable = check.LimitLeft == CreditAmount.MaxValue ? null : check.LimitLeft.ToAmount(),
                Code = refusal?.Code,
                AffordableAmount = check.Affordable.ToAmount(),
                AffordableMaxTokens = check.AffordableMaxTokens,
                Cost = Costs.Of(check.Asked.Priced, call.Principal.Project),
            }, ContractsJson.Default.CheckResponse);
        });

    public static readonly ApiRoute Suspend = Change(
        "suspend", "Refuse new charges and holds", new AccountCommand.SuspendAccount());

    public static readonly ApiRoute Reactivate = Change(
        "reactivate", "End a suspension", new AccountCommand.ReactivateAccount());

    public static readonly ApiRoute Close = ApiRoute.Post(
        Roles.BackEnds, "/api/v1/accounts/{account_id}/close", "Close for good: what remains is voided, debt stays",
        typeof(CloseAccountRequest), typeof(AccountResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.CloseAccountRequest, mayBeEmpty: true);
            var accountId = call.PathValue("account_id");
            var caller = call.Caller();
            await ChangeAsync(
                call, new AccountCommand.CloseAccount(request.ReleaseHolds),
                caller.Origin(Close!, accountId, request, ContractsJson.Default.CloseAccountRequest));
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/accounts", "The project's accounts by id", typeof(Page<AccountResponse>), async call =>
        {
            var query = ListQuery.Read(call);
            var ids = await call.Ledger.ListAccountsAsync(
                call.Principal.Project, query.After ?? "", query.Limit + 1, call.Cancel);
            var accounts = new List<AccountResponse>(query.Limit);
            foreach (var id in ids.Take(query.Limit))
                accounts.Add(await Things.AccountAsync(
                    call.Ledger, (await call.AccountAsync(id)).State, call.Cancel));
            await call.AnswerAsync(
                query.Page(accounts, ids.Count > query.Limit ? ids[query.Limit - 1] : null),
                    ContractsJson.Default.PageAccountResponse);
        }) with
    {
        Query = ListQuery.Members,
    };

    private static ApiRoute Change(string verb, string summary, AccountCommand command)
    {
        ApiRoute? route = null;
        return route = ApiRoute.Post(
            Roles.BackEnds, $"/api/v1/accounts/{{account_id}}/{verb}",
            summary, typeof(EmptyRequest), typeof(AccountResponse),
                async call =>
            {
                var request = await call.ReadAsync(ContractsJson.Default.EmptyRequest, mayBeEmpty: true);
                var accountId = call.PathValue("account_id");
                await ChangeAsync(
                    call, command,
                        call.Caller().Origin(route!, accountId, request, ContractsJson.Default.EmptyRequest));
            });
    }

    private static Task ChangeAsync(ApiCall call, AccountCommand command, Origin origin)
    {
        var accountId = Fields.AccountId(call.PathValue("account_id"));
        return call.ChangeAsync(Http.Change.OfState<AccountState, AccountResponse>(
            new()
            {
                Chain = ChainKey.OfAccount(call.Principal.Project, accountId),
                AccountId = accountId,
                Account = command,
                Origin = origin,
            },
            ContractsJson.Default.AccountResponse,
            state => Things.AccountAsync(call.Ledger, state, call.Cancel)));
    }
}
