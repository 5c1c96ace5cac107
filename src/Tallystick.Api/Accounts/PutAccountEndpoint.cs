using System.Text.Json;
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
    private const int NameMax = 200, EmailMax = 320;

    public static readonly ApiRoute Route = ApiRoute.Put(
        "/api/v1/accounts/{account_id}", "Create an account, or change what is given", typeof(PutAccountRequest),
        typeof(AccountResponse), RunAsync);

    private static async Task RunAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.PutAccountRequest, mayBeEmpty: true);
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var accountId = ApiCall.AccountId(call.PathValue("account_id"));
        var profile = await ProfileAsync(call, accountId, request);
        await call.ExecuteAsync(
            new()
            {
                Chain = call.ChainOf(accountId),
                AccountId = accountId,
                Account = new AccountCommand.PutAccount(accountId, profile, request.OverdraftLimit?.ToCredits()),
                Origin = call.Origin(request, ContractsJson.Default.PutAccountRequest),
                Text = profile is null ? null : FreeText.Of(
                    ("name", profile.Name), ("email", profile.Email),
                    ("metadata", profile.Metadata is { } json ? JsonElement.Parse(json) : null)),
            },
            ContractsJson.Default.AccountResponse,
            (_, state) => Things.Account(state),
            Things.Account,
            created: entry => entry.Entry.Body is EntryBody.AccountOpened);
    }

    /// <summary>The whole profile after the change; null when the request says nothing of it.</summary>
    private static async ValueTask<Profile?> ProfileAsync(ApiCall call, string accountId, PutAccountRequest request)
    {
        if (request is { Name: null, Email: null, Metadata: null }) return null;
        var present = await call.Ledger.FindAccountAsync(call.Principal.Project, accountId, call.Cancel) is { } state
            ? state.Profile
            : Profile.Empty;
        return new(
            FreeText.Check(request.Name, "name", NameMax) ?? present.Name,
            FreeText.Check(request.Email, "email", EmailMax) ?? present.Email,
            request.Metadata?.GetRawText() ?? present.Metadata);
    }
}
