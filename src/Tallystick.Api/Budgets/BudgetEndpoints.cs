using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Budgets;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;

namespace Tallystick.Api.Budgets;

/// <summary>Limits within an account. Their ids are the caller's, unique in the account.</summary>
internal static class BudgetEndpoints
{
    private const string Pattern = "/api/v1/budgets/{id}", AccountParameter = "account_id";

    public static readonly ApiRoute Put = ApiRoute.Put(
        Roles.BackEnds, Pattern, "Limit what may be spent in an account by a key, member, team, tag, model or service",
        typeof(BudgetRequest), typeof(BudgetResponse), async call =>
        {
            var id = Fields.Name(call.PathValue("id"), "id")!;
            var request = await call.ReadAsync(ContractsJson.Default.BudgetRequest);
            var origin = call.Caller().Origin(Put!, id, request, ContractsJson.Default.BudgetRequest);
            await ChangeAsync(
                call, request.AccountId, new AccountCommand.PutBudget(id, BudgetForm.Read(request)), origin, id);
        });

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, Pattern, "A budget, and what is left of it", typeof(BudgetResponse), async call =>
        {
            var (state, at) = await call.AccountAsync(Account(call));
            var budget = state.Budgets.FirstOrDefault(budget => budget.Id == call.PathValue("id"));
            await call.AnswerAsync(
                BudgetForm.Write(state, budget ?? throw RequestException.NotFound("budget"), at),
                ContractsJson.Default.BudgetResponse);
        }) with
    {
        Query = [AccountParameter],
    };

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/budgets", "An account's budgets, by id", typeof(Page<BudgetResponse>), async call =>
        {
            var (state, at) = await call.AccountAsync(Account(call));
            await call.AnswerAsync(
                new Page<BudgetResponse>(
                    [.. state.Budgets.Select(budget => BudgetForm.Write(state, budget, at))], HasMore: false,
                    NextCursor: null),
                ContractsJson.Default.PageBudgetResponse);
        }) with
    {
        Query = [AccountParameter],
    };

    public static readonly ApiRoute Delete = ApiRoute.Delete(
        Roles.BackEnds, Pattern, "Take a budget away", typeof(BudgetResponse), async call =>
        {
            var (id, accountId) = (call.PathValue("id"), Account(call));
            var (state, at) = await call.AccountAsync(accountId);
            var budget = state.Budgets.FirstOrDefault(budget => budget.Id == id)
                ?? throw RequestException.NotFound("budget");
            var origin = call.Caller().Origin(Delete!, id, new EmptyRequest(), ContractsJson.Default.EmptyRequest);
            await call.ChangeAsync(Change.OfState<AccountState, BudgetResponse>(
                Request(call, accountId, new AccountCommand.RemoveBudget(id), origin),
                ContractsJson.Default.BudgetResponse,
                _ => BudgetForm.Write(state, budget, at)));
        }) with
    {
        Query = [AccountParameter],
    };

    private static Task ChangeAsync(ApiCall call, string accountId, AccountCommand command, Origin origin, string id) =>
        call.ChangeAsync(Change.OfState<AccountState, BudgetResponse>(
            Request(call, accountId, command, origin), ContractsJson.Default.BudgetResponse,
            state => BudgetForm.Write(
                state, state.Budgets.Single(budget => budget.Id == id), call.Ledger.TimeOf(state))));

    private static Engine.LedgerRequest Request(
        ApiCall call, string accountId, AccountCommand command, Origin origin) => new()
    {
        Chain = ChainKey.OfAccount(call.Principal.Project, Fields.AccountId(accountId)),
        AccountId = accountId,
        Account = command,
        Origin = origin,
    };

    private static string Account(ApiCall call)
    {
        var given = call.Context.Request.Query[AccountParameter];
        return given is [{ } accountId] ? accountId : throw RequestException.Invalid(AccountParameter, "give it once");
    }
}
