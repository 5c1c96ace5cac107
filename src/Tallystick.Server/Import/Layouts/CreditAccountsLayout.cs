using System.Collections.Immutable;
using Tallystick.Core.Imports;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Sources;
using static Tallystick.Server.Import.Sources.SourceColumn;

namespace Tallystick.Server.Import.Layouts;

/// <summary>Document 000: <c>credit_accounts</c> with two buckets, and <c>credit_ledger</c>.</summary>
internal sealed class CreditAccountsLayout() : Layout("000")
{
    private const string Expiring = "expiring", NonExpiring = "non_expiring";

    private static readonly SourceColumn[] AccountColumns =
    [
        Required("account_id"), Required("expiring_credits"), Required("non_expiring_credits"), Optional("balance"),
        Optional("updated_at"),
    ];

    private static readonly SourceColumn[] LedgerColumns =
    [
        Optional("id"), Required("account_id"), Required("amount"), Optional("balance_after"), Optional("type"),
        Optional("description"), Optional("reference_id"), Optional("metadata"), Required("created_at"),
    ];

    public override async Task<IAsyncEnumerable<SourceAccount>> ReadAsync(
        SourceDatabase source, ImportOptions options, Strays strays, CancellationToken cancel)
    {
        var accounts = await source.FindAsync(["credit_accounts"], AccountColumns, cancel);
        var ledger = await source.FindAsync(["credit_ledger"], LedgerColumns, cancel);
        return EachAsync(source, accounts, ledger, options, strays, cancel);
    }

    private static async IAsyncEnumerable<SourceAccount> EachAsync(
        SourceDatabase source, SourceTable accounts, SourceTable ledger, ImportOptions options, Strays strays,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var stray = strays.Of(ledger.Name);
        var rows = new AccountRows(
            await source.ReadAsync(ledger, ledger.Select("account_id", "created_at", "id"), cancel), "account_id");
        var cursor = await source.ReadAsync(accounts, accounts.Select("account_id"), cancel);
        await foreach (var account in EachAsync(
            cursor, "account_id", options, strays, async (row, id, reading) =>
            {
                var own = await rows.TakeAsync(id, stray, cancel);
                return () => Read(row, id, own, reading);
            }, cancel)) yield return account;
        await rows.EndAsync(stray, cancel);
    }

    private static SourceAccount Read(SourceRow row, string id, List<SourceRow> rows, AccountReading reading)
    {
        var (expiring, rest) = (reading.Money(row, "expiring_credits"), reading.Money(row, "non_expiring_credits"));
        var stated = reading.MoneyOrNull(row, "balance") ?? expiring + rest;
        if (stated != expiring + rest)
            reading.Findings.Add(new(
                FindingKind.BalanceIsNotItsBuckets,
                $"balance is {stated}, its buckets are {expiring} + {rest}: the buckets are taken over",
                stated - expiring - rest));
        var (buckets, owed) = reading.Open([(Expiring, expiring, true), (NonExpiring, rest, false)]);
        return new()
        {
            SourceId = id, AccountId = reading.AccountId(id), Stated = stated, Buckets = [.. buckets], Owed = owed,
            History = Refunds.WithoutRefunded(rows.ConvertAll(one => Entry(one, reading))),
        };
    }

    private static SourceEntry Entry(SourceRow row, AccountReading reading)
    {
        var metadata = AccountReading.Json(row, "metadata");
        var (id, amount, type) = (reading.RowId(row), reading.Money(row, "amount"), row["type"]);
        var key = AccountReading.Text(metadata, "message_id")
            // A thread is charged again and again, a message once.
            ?? (AccountReading.Text(metadata, "thread_id") is null ? row["reference_id"] : null);
        return new(
            new()
            {
                Table = row.Table.Name, RowId = id, OccurredAt = AccountReading.Time(row, "created_at"),
                Type = AccountReading.Reference(type), Amount = amount,
                Left = reading.MoneyOrNull(row, "balance_after"),
                ReferenceId = AccountReading.Reference(row["reference_id"]),
                Split = amount < default(Core.Money.CreditAmount) ? Split(reading, id, -amount, metadata) : [],
            }, reading.EntryText(row, row["description"], metadata))
        {
            ChargeKey = key,
        };
    }

    private static ImmutableArray<BucketPart> Split(
        AccountReading reading, string row, Core.Money.CreditAmount taken, System.Text.Json.JsonElement? metadata) =>
        SplitOf(
            reading, row, taken, (Expiring, reading.Money(metadata, "metadata", "from_expiring")),
            (NonExpiring, reading.Money(metadata, "metadata", "from_non_expiring")));
}
