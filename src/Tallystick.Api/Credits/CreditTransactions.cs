using System.Text.Json;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Credits;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Reports;

namespace Tallystick.Api.Credits;

/// <summary>
/// <c>GET /api/v1/credits/transactions</c>: what changed the holder's balance, newest first, as a bare array. Where
/// there is more, the <c>Link</c> header says where.
/// </summary>
internal static class CreditTransactions
{
    private static readonly JsonElement NoMetadata = JsonElement.Parse("{}");

    public static readonly ApiRoute Route = ApiRoute.Get(
        Roles.Holder, "/api/v1/credits/transactions", "What changed your balance, newest first",
        typeof(IReadOnlyList<CreditTransactionResponse>), async call =>
        {
            var state = await call.HolderAsync();
            var query = ListQuery.Read(call, "account_id");
            var before = Math.Min(query.BeforeNumber, state.Sequence + 1);
            var (entries, next) = await call.Ledger.Journal(state.Key).ReadAsync(
                entry => !Breakdown.BalanceChange(entry.Entry).IsZero, before, 1, query.Limit, call.Cancel);
            if (next > 1) call.Context.Response.Headers.Link = Link(call, query, next);
            await call.AnswerAsync(
                [.. entries.Select(entry => Render(entry, state))],
                ContractsJson.Default.IReadOnlyListCreditTransactionResponse);
        }) with
    {
        Query = ["account_id", .. ListQuery.Members],
    };

    private static string Link(ApiCall call, ListQuery query, long next)
    {
        var cursor = Uri.EscapeDataString(query.CursorAt(next));
        var account = query["account_id"] is { } asked ? $"&account_id={Uri.EscapeDataString(asked)}" : "";
        return $"<{call.Context.Request.Path}?limit={query.Limit}&cursor={cursor}{account}>; rel=\"next\"";
    }

    private static CreditTransactionResponse Render(SealedEntry stored, AccountState state)
    {
        var (entry, subject) = (stored.Entry, Subject.Of(stored.Entry));
        return new()
        {
            Id = Receipts.TransactionId(entry),
            UserId = state.AccountId,
            Amount = Breakdown.BalanceChange(entry).ToAmount(),
            BalanceAfter = entry.BalanceAfter.ToAmount(),
            TransactionType = entry.Body is EntryBody.Granted granted ? Words.Of(granted.Kind) : entry.Body.Word,
            Service = subject.Service,
            Model = subject.Model,
            CostBreakdown = CostOf(entry.Priced),
            Metadata = Entries.MetadataOf(stored) ?? NoMetadata,
            CreatedAt = entry.At.ToTimestamp(),
        };
    }

    private static CreditCost? CostOf(PricedUsage? priced) => priced is null ? null
        : new(priced.Cost.Provider.ToAmount(), priced.Cost.PlatformMarkup.ToAmount(), priced.Cost.Total.ToAmount());
}
