using System.Runtime.CompilerServices;
using System.Text;
using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Sources;
using static Tallystick.Server.Import.Sources.SourceColumn;

namespace Tallystick.Server.Import.Layouts;

/// <summary>
/// Document 003: <c>user_credits</c>, <c>credit_transactions</c> and, where there are any, <c>usage_events</c>.
/// </summary>
internal sealed class UserCreditsLayout() : Layout("003")
{
    private const string Bucket = "credits", Bonus = "bonus";

    /// <summary>Rows below zero of other types (a reset, a correction) are no charges that anybody refunds.</summary>
    private static readonly string[] ChargeWords =
        ["api_call", "charge", "consumption", "debit", "deduction", "usage"];

    private static readonly string[] AccountSaid =
        ["id", "credits_allocated", "tier", "last_reset", "created_at", "updated_at", "email_notifications_enabled"];

    private static readonly SourceColumn[] AccountColumns =
    [
        Required("user_id"), Required("credits_remaining"), Optional("bonus_credits"), Optional("monthly_cap"),
        .. AccountSaid.Select(name => Optional(name)),
    ];

    private static readonly string[] TransactionSaid = ["provider", "model", "tokens_used", "cost"];

    private static readonly SourceColumn[] TransactionColumns =
    [
        Optional("id"), Required("user_id"), Required("amount"), Required("transaction_type", "type"),
        Optional("provider", "service"), Optional("model"), Optional("tokens_used"), Optional("cost", "cost_breakdown"),
        Optional("metadata", "request_metadata"), Optional("balance_after"), Required("created_at"),
    ];

    private static readonly string[] EventSaid =
    [
        "service", "provider", "model", "tokens_used", "cost", "total_cost", "provider_cost", "platform_markup",
        "is_free_tier",
    ];

    private static readonly SourceColumn[] EventColumns =
    [
        Optional("id"), Required("user_id"), Required("event_type"), Optional("metadata", "request_metadata"),
        Required("created_at"), .. EventSaid.Select(name => Optional(name)),
    ];

    public override async Task<IAsyncEnumerable<SourceAccount>> ReadAsync(
        SourceDatabase source, ImportOptions options, Strays strays, CancellationToken cancel)
    {
        var accounts = await source.FindAsync(["user_credits"], AccountColumns, cancel);
        var transactions = await source.FindAsync(["credit_transactions"], TransactionColumns, cancel);
        var events = await source.TryFindAsync(["usage_events"], EventColumns, cancel);
        return EachAsync(source, accounts, transactions, events, options, strays, cancel);
    }

    private static async IAsyncEnumerable<SourceAccount> EachAsync(
        SourceDatabase source, SourceTable accounts, SourceTable transactions, SourceTable? events,
        ImportOptions options, Strays strays, [EnumeratorCancellation] CancellationToken cancel)
    {
        var histories = new List<(AccountRows Rows, Action<string?> Stray)>();
        foreach (var table in new[] { transactions, events }.OfType<SourceTable>())
            histories.Add((
                new(await source.ReadAsync(table, table.Select("user_id", "created_at", "id"), cancel), "user_id"),
                strays.Of(table.Name)));
        var cursor = await source.ReadAsync(accounts, accounts.Select("user_id"), cancel);
        await foreach (var account in EachAsync(
            cursor, "user_id", options, strays, async (row, id, reading) =>
            {
                var own = new List<SourceRow>();
                foreach (var (rows, stray) in histories) own.AddRange(await rows.TakeAsync(id, stray, cancel));
                return () => Read(row, id, own, reading, transactions);
            }, cancel)) yield return account;
        foreach (var (rows, stray) in histories) await rows.EndAsync(stray, cancel);
    }

    private static SourceAccount Read(
        SourceRow row, string id, List<SourceRow> rows, AccountReading reading, SourceTable transactions)
    {
        var (remaining, bonus) = (reading.Money(row, "credits_remaining"), reading.MoneyOrNull(row, "bonus_credits"));
        var (buckets, owed) = reading.Open(
            bonus is { } also ? [(Bucket, remaining, true), (Bonus, also, false)] : [(Bucket, remaining, true)]);
        var history = rows.ConvertAll(one => one.Table == transactions
            ? Transaction(one, reading, isOnlyBucket: bonus is null)
            : Event(one, reading));
        return new()
        {
            SourceId = id, AccountId = reading.AccountId(id), Stated = remaining + (bonus ?? default),
            Buckets = [.. buckets], Owed = owed, MonthlyCap = CapOf(row, reading),
            History = Refunds.WithoutRefunded([.. history.OrderBy(one => one.Row.OccurredAt)]),
            Metadata = RowText.Merge(row, null, AccountSaid) is { } said ? Encoding.UTF8.GetString(said) : null,
        };
    }

    private static SourceEntry Transaction(SourceRow row, AccountReading reading, bool isOnlyBucket)
    {
        var metadata = AccountReading.Json(row, "metadata");
        var (amount, type) = (reading.Money(row, "amount"), row["transaction_type"]);
        var isCharge = amount < default(CreditAmount)
            && ChargeWords.Contains(type, StringComparer.OrdinalIgnoreCase);
        var links = new[] { "transaction_id", "original_transaction_id", "charge_id", "request_id", "event_id" };
        return new(
            new()
            {
                Table = row.Table.Name, RowId = reading.RowId(row), OccurredAt = AccountReading.Time(row, "created_at"),
                Type = AccountReading.Reference(type), Amount = amount,
                Left = reading.MoneyOrNull(row, "balance_after"),
                // There is one bucket, so that nobody needs to say from which it was taken.
                Split = isCharge && isOnlyBucket ? [new(Bucket, -amount)] : [],
                ReferenceId = AccountReading.Reference(AccountReading.Text(metadata, "request_id")),
            }, reading.EntryText(row, null, metadata, TransactionSaid))
        {
            ChargeKey = links.Select(name => AccountReading.Text(metadata, name)).OfType<string>().FirstOrDefault(),
        };
    }

    /// <summary>The event took nothing itself: its transaction did.</summary>
    private static SourceEntry Event(SourceRow row, AccountReading reading) => new(
        new()
        {
            Table = row.Table.Name, RowId = reading.RowId(row), OccurredAt = AccountReading.Time(row, "created_at"),
            Type = AccountReading.Reference(row["event_type"]), Amount = default,
        }, reading.EntryText(row, null, AccountReading.Json(row, "metadata"), EventSaid))
    {
        IsBeside = true,
    };

    private static CreditAmount? CapOf(SourceRow row, AccountReading reading)
    {
        var cap = reading.MoneyOrNull(row, "monthly_cap");
        return cap < default(CreditAmount)
            ? throw new UnreadableException($"{row.NameOf("monthly_cap")} is {cap}, below zero")
            : cap;
    }
}
