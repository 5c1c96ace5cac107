using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Api.Reports;
using Tallystick.Contracts.Transactions;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Transactions;

/// <summary>
/// A journal as a table: written page by page while it is read, so that its length does not matter. Whoever gives no
/// limit gets all of it.
/// </summary>
internal static class TransactionCsv
{
    private static readonly (string Name, Func<TransactionResponse, object?> Cell)[] Columns =
    [
        ("id", one => one.Id), ("account_id", one => one.AccountId), ("sequence", one => one.Sequence),
        ("kind", one => one.Kind), ("subject_id", one => one.SubjectId), ("amount", one => one.Amount),
        ("balance_change", one => one.BalanceChange), ("balance_after", one => one.BalanceAfter),
        ("available_after", one => one.AvailableAfter), ("provider", one => one.Usage?.Provider),
        ("model", one => one.Usage?.Model), ("service", one => one.Usage?.Service),
        ("input_tokens", one => one.Usage?.InputTokens), ("output_tokens", one => one.Usage?.OutputTokens),
        ("provider_cost", one => one.Cost?.ProviderCost), ("platform_markup", one => one.Cost?.PlatformMarkup),
        ("total_cost", one => one.Cost?.TotalCost), ("description", one => one.Description),
        ("reference_id", one => one.ReferenceId), ("idempotency_key", one => one.IdempotencyKey),
        ("imported_id", one => one.Imported?.RowId), ("imported_at", one => one.Imported?.OccurredAt),
        ("imported_type", one => one.Imported?.Type), ("imported_amount", one => one.Imported?.Amount),
        ("imported_balance_after", one => one.Imported?.BalanceAfter),
        ("metadata", one => one.Metadata?.GetRawText()), ("key_id", one => one.KeyId),
        ("license_id", one => one.LicenseId), ("trace_id", one => one.TraceId), ("hash", one => one.Hash),
        ("created_at", one => one.CreatedAt),
    ];

    /// <param name="before">Where to begin; the largest number: at the newest.</param>
    /// <param name="limit">Null: all.</param>
    /// <param name="read">A page of entries before a sequence, and where to go on; 0 at the end.</param>
    public static async Task WriteAsync(
        ApiCall call, string accountId, long before, int? limit,
        Func<long, ValueTask<(IReadOnlyList<SealedEntry> Entries, long Next)>> read)
    {
        var left = limit ?? long.MaxValue;
        var text = new CsvText();
        text.Line(Columns.Select(column => column.Name));
        var (entries, next) = await read(before);
        ReportCsv.Begin(call.Context.Response);
        while (true)
        {
            foreach (var entry in entries)
            {
                if (left-- == 0) break;
                var row = Entries.Transaction(entry, accountId);
                text.Line(Columns.Select(column => CsvText.CellOf(column.Cell(row))));
                if (text.IsFull) await call.Context.Response.Body.WriteAsync(text.Take(), call.Cancel);
            }
            await call.Context.Response.Body.WriteAsync(text.Take(), call.Cancel);
            if (next == 0 || left <= 0) break;
            (entries, next) = await read(next);
        }
    }
}
