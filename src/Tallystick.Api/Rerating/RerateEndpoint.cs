using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Rerating;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Engine.Rerating;

namespace Tallystick.Api.Rerating;

/// <summary>
/// <c>POST /api/v1/rerate</c>: corrects the price of a past period. Each correction is a command to its account's lane,
/// and what stands already is left alone: so the same request may be sent again.
/// </summary>
internal static class RerateEndpoint
{
    private const int LimitDefault = 100, LimitMax = 1_000, ModelsMax = 1_000;

    public static readonly ApiRoute Route = ApiRoute.Post(
        Roles.Admins, "/api/v1/rerate", "Price the charges of a past period again", typeof(RerateRequest),
        typeof(RerateResponse), RunAsync);

    private static async Task RunAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.RerateRequest);
        var (query, reason) = (QueryOf(request), FreeText.Check(request.Reason, "reason"));
        var caller = call.Caller();
        var origin = caller.Origin(Route, null, request, ContractsJson.Default.RerateRequest);
        var (ids, next) = await PageAsync(call, request);
        var rerater = await call.Ledger.ReratingAsync(
            call.Principal.Project, query, origin, () => FreeText.Of(("reason", reason)), call.Cancel);
        var sum = new RerateSum(query.IsDry);
        foreach (var id in ids)
        {
            var account = await FindAsync(call, id);
            sum.Add(account, await rerater.RunAsync(account, call.Cancel));
        }
        await call.AnswerAsync(sum.Render(next), ContractsJson.Default.RerateResponse);
    }

    private static async ValueTask<AccountState> FindAsync(ApiCall call, string accountId) =>
        await call.Ledger.FindAccountAsync(call.Principal.Project, accountId, call.Cancel)
        ?? throw RequestException.NotFound("account");

    private static RerateQuery QueryOf(RerateRequest request)
    {
        if (request.To.Micros <= request.From.Micros) throw RequestException.Invalid("to", "later than from");
        if (request.Models is { Count: > ModelsMax }) throw RequestException.Invalid("models", $"at most {ModelsMax}");
        return new(
            request.From.ToInstant(), request.To.ToInstant(),
            (request.Models ?? []).ToImmutableHashSet(StringComparer.Ordinal), request.DryRun);
    }

    /// <summary>The accounts to look at now, and where to go on.</summary>
    private static async Task<(IReadOnlyList<string> Ids, string? Next)> PageAsync(ApiCall call, RerateRequest request)
    {
        var limit = request.Limit ?? LimitDefault;
        if (limit is < 1 or > LimitMax) throw RequestException.Invalid("limit", $"1 to {LimitMax}");
        if (request.AccountIds is { } asked)
        {
            if (asked.Count > LimitMax) throw RequestException.Invalid("account_ids", $"at most {LimitMax}");
            if (request.Cursor is not null) throw RequestException.Invalid("cursor", "of all accounts only");
            var named = asked.Distinct().Select(Fields.AccountId).ToList();
            // All of them before the first is corrected: what is refused changes nothing.
            foreach (var id in named) await FindAsync(call, id);
            return (named, null);
        }
        var cursors = call.Service<Cursors>();
        var scope = $"{call.Principal.Project} rerate {request.From.Micros} {request.To.Micros}";
        var after = request.Cursor is null ? ""
            : cursors.Open(request.Cursor, scope)
                ?? throw RequestException.Invalid("cursor", "not one of this period's");
        var ids = await call.Ledger.ListAccountsAsync(call.Principal.Project, after, limit + 1, call.Cancel);
        return ids.Count <= limit ? (ids, null)
            : ([.. ids.Take(limit)], cursors.Seal(ids[limit - 1], scope));
    }
}
