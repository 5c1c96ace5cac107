using System.Runtime.CompilerServices;
using System.Text;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Sources;
using static Tallystick.Server.Import.Sources.SourceColumn;

namespace Tallystick.Server.Import.Layouts;

/// <summary>
/// Document 001: licences that have their credits on them. Each becomes an account of its own with a licence, so that
/// none spends another's credits.
/// </summary>
internal sealed class LicensesLayout() : Layout("001")
{
    private const string Bucket = "license";
    private static readonly string[] Tables = ["licenses", "licences", "license_keys"];
    private static readonly string[] InactiveWords =
        ["canceled", "cancelled", "disabled", "expired", "inactive", "revoked", "suspended"];

    private static readonly SourceColumn[] Columns =
    [
        Optional("id"), Required("license_key", "licence_key", "key"),
        Required("credits", "credits_remaining", "credit_balance", "balance"), Optional("is_active", "active"),
        Optional("status"), Optional("expires_at", "expiry_date", "valid_until"), Optional("name", "customer_name"),
        Optional("user_id"), Optional("created_at"),
    ];

    public override async Task<IAsyncEnumerable<SourceAccount>> ReadAsync(
        SourceDatabase source, ImportOptions options, Strays strays, CancellationToken cancel)
    {
        var table = await source.FindAsync(Tables, Columns, cancel);
        if (!table.Has("is_active") && !table.Has("status"))
            throw new ImportRefusedException($"the table {table.Name} has no column is_active (nor active, status)");
        return EachAsync(source, table, options, strays, cancel);
    }

    private static async IAsyncEnumerable<SourceAccount> EachAsync(
        SourceDatabase source, SourceTable table, ImportOptions options, Strays strays,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var key = table.Has("id") ? "id" : "license_key";
        var cursor = await source.ReadAsync(table, table.Select(key, "license_key"), cancel);
        await foreach (var account in EachAsync(
            cursor, key, options, strays,
            (row, id, reading) => new(() => Read(row, reading)), cancel))
            // A key is a secret: whoever has no other name is called by a keyed hash of it.
            yield return key == "id" ? account : account with
            {
                SourceId = account.License?.Name ?? "a licence",
                AccountId = $"{Bucket}:{options.NameOfSecret(account.SourceId)}",
            };
    }

    private static SourceAccount Read(SourceRow row, AccountReading reading)
    {
        var secret = row["license_key"] ?? throw new UnreadableException($"{row.NameOf("license_key")} is null");
        var credits = reading.Money(row, "credits");
        var (buckets, owed) = reading.Open([(Bucket, credits, false)]);
        var id = row["id"];
        return new()
        {
            SourceId = id ?? secret, AccountId = id is null ? Bucket : reading.AccountId(id), Stated = credits,
            Buckets = [.. buckets], Owed = owed, HasLedger = false,
            License = new(
                secret, row["name"] ?? "", IsActive(row), AccountReading.TimeOrNull(row, "created_at"),
                AccountReading.TimeOrNull(row, "expires_at")),
            Metadata = RowText.Merge(row, null, ["user_id"]) is { } said ? Encoding.UTF8.GetString(said) : null,
        };
    }

    /// <summary>Both columns must say so where there are both.</summary>
    private static bool IsActive(SourceRow row) =>
        row["is_active"] is not ("false" or "0") && row["status"]?.ToLowerInvariant() switch
        {
            null or "active" => true,
            var word when InactiveWords.Contains(word) => false,
            var word => throw new UnreadableException(
                $"{row.NameOf("status")} is {word}, which is neither active nor one of "
                + string.Join(", ", InactiveWords)),
        };
}
