using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Api.Reports;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Transactions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Transactions;

/// <summary>The journal of an account.</summary>
internal static class TransactionReads
{
    private static readonly string[] Filters = ["kind", "from", "to", "reference_id", "idempotency_key"];

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, "/api/v1/transactions/{id}",
        "A transaction, with what it did and why", typeof(TransactionDetailResponse),
            async call =>
        {
            var (chain, number) = call.Thing("id", ThingId.Transaction, "transaction");
            var entry = await call.Ledger.EntryAsync(chain, number.Sequence, call.Cancel);
            var explanation = entry is null ? null
                : await call.Ledger.ExplainAsync(chain, number.Sequence, call.Cancel);
            if (explanation is null) throw RequestException.NotFound("transaction");
            await call.AnswerAsync(
                Entries.Detail(entry!, explanation), ContractsJson.Default.TransactionDetailResponse);
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/accounts/{account_id}/transactions", "An account's journal, newest first",
        typeof(Page<TransactionResponse>),
        async call =>
        {
            var query = ListQuery.Read(call, Filters);
            var state = await call.Ledger.FindAccountAsync(
                call.Principal.Project, Fields.AccountId(call.PathValue("account_id")), call.Cancel);
            if (state is null) throw RequestException.NotFound("account");
            if (ReportCsv.IsAsked(call.Context))
            {
                await TransactionCsv.WriteAsync(
                    call, state.AccountId, query.BeforeNumber, query.IsLimited ? query.Limit : null,
                    before => ReadAsync(call, query, state, before));
                return;
            }
            var (entries, next) = await ReadAsync(call, query, state, query.BeforeNumber);
            await call.AnswerAsync(
                query.Page([.. entries.Select(entry => Entries.Transaction(entry, state.AccountId))], next),
                ContractsJson.Default.PageTransactionResponse);
        }) with
    {
        Query = [.. Filters, .. ListQuery.Members, "format"], HasCsv = true,
    };

    /// <summary>
    /// From is inclusive, to exclusive; dates of one journal never fall, so both are found by halving.
    /// </summary>
    private static async ValueTask<(IReadOnlyList<SealedEntry> Entries, long Next)> ReadAsync(
        ApiCall call, ListQuery query, AccountState state, long beforeNumber)
    {
        var journal = call.Ledger.Journal(state.Key);
        var (first, before) = (1L, Math.Min(beforeNumber, state.Sequence + 1));
        var (from, to) = (query.Time("from"), query.Time("to"));
        if (from > to) throw RequestException.Invalid("from", "later than to");
        if (from is { } start) first = await journal.FirstFromAsync(start, state.Sequence, call.Cancel);
        if (to is { } end) before = Math.Min(before, await journal.FirstFromAsync(end, state.Sequence, call.Cancel));

        var kind = query["kind"];
        if (kind is not null && !EntryBody.Words.Contains(kind)) throw RequestException.Invalid(
            "kind", "not a kind of transaction");
        var reference = query["reference_id"];
        bool Passes(SealedEntry entry) =>
            entry.Entry.Sequence >= first
            && (kind is null || entry.Entry.Body.Word == kind)
            && (reference is null || entry.Entry.Body.Reference == reference);

        if (query["idempotency_key"] is { } key)
        {
            var sequence = await journal.FindKeyAsync(key, call.Cancel);
            return sequence is null || sequence >= before
                ? ([], 0)
                : await journal.ReadAsync(Passes, sequence.Value + 1, sequence.Value, 1, call.Cancel);
        }
        return reference is null
            ? await journal.ReadAsync(Passes, before, first, query.Limit, call.Cancel)
            : await journal.FindReferenceAsync(reference, Passes, before, query.Limit, call.Cancel);
    }
}
