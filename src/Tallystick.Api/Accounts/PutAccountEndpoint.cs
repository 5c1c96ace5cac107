using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Accounts;

/// <summary>
/// <c>PUT /api/v1/accounts/{account_id}</c>: creates the account (201) or changes what is given (200).
/// </summary>
internal static class PutAccountEndpoint
{
    private const int NameMax = 200, EmailMax = 320, ZoneMax = 64;

    public static readonly ApiRoute Route = ApiRoute.Put(
        Roles.BackEnds, "/api/v1/accounts/{account_id}",
        "Create an account, or change what is given", typeof(PutAccountRequest),
        typeof(AccountResponse), async call => await call.ChangeAsync(Make(
            call.Caller(), call.PathValue("account_id"),
            await call.ReadAsync(ContractsJson.Default.PutAccountRequest, mayBeEmpty: true))));

    private static Change Make(Caller caller, string id, PutAccountRequest request)
    {
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var accountId = Fields.AccountId(id);
        var changes = new Profile(
            FreeText.Check(request.Name, "name", NameMax), FreeText.Check(request.Email, "email", EmailMax),
            request.Metadata?.GetRawText());
        return Change.OfState<AccountState, AccountResponse>(
            new()
            {
                Chain = caller.ChainOf(accountId),
                AccountId = accountId,
                Account = new AccountCommand.PutAccount(accountId)
                {
                    Changes = changes,
                    OverdraftLimit = request.OverdraftLimit?.ToCredits(),
                    MonthlyCap = request.MonthlyCap.Value?.ToCredits(),
                    ClearMonthlyCap = request.MonthlyCap.IsNull,
                    TimeZone = FreeText.Check(request.TimeZone, "time_zone", ZoneMax),
                    Tier = Fields.Name(request.Tier, "tier"),
                    TierChange = Words.ToTierChange(request.TierChange ?? "at_once")
                        ?? throw RequestException.Invalid("tier_change", "at_once or period_end"),
                },
                Origin = caller.Origin(Route, accountId, request, ContractsJson.Default.PutAccountRequest),
                Text = FreeText.OfProfile(changes),
            },
            ContractsJson.Default.AccountResponse,
            state => Things.AccountAsync(caller.Ledger, state, caller.Cancel));
    }
}
