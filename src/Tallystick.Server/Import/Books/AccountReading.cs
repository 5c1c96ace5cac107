using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tallystick.Core.Imports;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Server.Import.Sources;

namespace Tallystick.Server.Import.Books;

/// <summary>
/// Reads the values of one account's rows, and keeps what there is to say of them. What cannot be read exactly throws
/// <see cref="UnreadableException"/>: then the account is refused.
/// </summary>
internal sealed class AccountReading(ImportOptions options)
{
    private const int ReferenceMax = 128;
    private const int HashBytes = 12;
    private readonly Dictionary<string, int> _copies = new(StringComparer.Ordinal);
    private int _rounded, _tooLong;

    public ImportOptions Options => options;
    public List<Finding> Findings { get; } = [];

    public CreditAmount Money(SourceRow row, string column) =>
        MoneyOrNull(row, column) ?? throw new UnreadableException($"{row.NameOf(column)} is null");

    public CreditAmount? MoneyOrNull(SourceRow row, string column) =>
        row[column] is { } text ? Money(text, row.NameOf(column)) : null;

    public CreditAmount Money(string text, string what)
    {
        if (ReadAmount.TryParse(text) is not { } read)
            throw new UnreadableException($"{what} is {text}, which is no amount");
        if (!read.IsExact && !options.Round)
            throw new UnreadableException($"{what} is {text}: more than six decimals (--round rounds them)");
        if (!read.IsExact) _rounded++;
        return read.Amount;
    }

    /// <summary>A number in a JSON object, as a number or a text; null where there is none.</summary>
    public CreditAmount? Money(JsonElement? json, string what, params string[] names)
    {
        if (json is not { ValueKind: JsonValueKind.Object } given) return null;
        foreach (var name in names)
            if (given.TryGetProperty(name, out var member)
                && member.ValueKind is JsonValueKind.Number or JsonValueKind.String)
                return Money(
                    member.ValueKind == JsonValueKind.Number ? member.GetRawText() : member.GetString()!,
                    $"{what}.{name}");
        return null;
    }

    public static Instant Time(SourceRow row, string column) =>
        TimeOrNull(row, column) ?? throw new UnreadableException($"{row.NameOf(column)} is null");

    public static Instant? TimeOrNull(SourceRow row, string column) =>
        row[column] is not { } text ? null
        : ReadTime.TryParse(text)
            ?? throw new UnreadableException($"{row.NameOf(column)} is {text}, which is no time");

    /// <summary>A column of JSON, also where it is kept as text; null where it is empty or none.</summary>
    /// <exception cref="UnreadableException">It has half of a character, which no text can say.</exception>
    public static JsonElement? Json(SourceRow row, string column)
    {
        if (row[column] is not { Length: > 0 } text) return null;
        try
        {
            var json = JsonElement.Parse(text);
            // A JSON text that holds the object again: what document 003 met.
            json = json.ValueKind == JsonValueKind.String ? JsonElement.Parse(json.GetString()!) : json;
            JsonText.DepthOf(json);
            return json;
        }
        catch (InvalidOperationException)
        {
            throw new UnreadableException(
                $"{row.NameOf(column)} has half of a character (a lone surrogate) in {row["id"] ?? "a row"}");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? Text(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(name, out var member)
        && member.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? member.ValueKind == JsonValueKind.String ? member.GetString() : member.GetRawText()
            : null;

    /// <summary>The row's id; one that has none is named by what it says and how often that was said before.</summary>
    public string RowId(SourceRow row)
    {
        if (row["id"] is { Length: > 0 and <= ReferenceMax } id) return id;
        var said = string.Join('\u001f', row.Table.Names.Select(name => row[name] ?? "\u0000"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said))[..HashBytes]);
        var copies = _copies[hash] = _copies.GetValueOrDefault(hash) + 1;
        return copies == 1 ? hash : string.Create(CultureInfo.InvariantCulture, $"{hash}-{copies}");
    }

    /// <summary>As it is where an entry can have it; else it stays in the text alone.</summary>
    public static string? Reference(string? text) => text is { Length: > 0 and <= ReferenceMax } ? text : null;

    /// <summary>The text of an entry; one that is too long is left out, and counted.</summary>
    public byte[]? EntryText(SourceRow row, string? description, JsonElement? metadata, params string[] columns)
    {
        // What is no object cannot be metadata here, or is too deep for it, and stays as it was written.
        if (metadata is { } deep && JsonText.DepthOf(deep) > JsonText.DepthMax) metadata = null;
        var isLost = metadata is not { ValueKind: JsonValueKind.Object } && row["metadata"] is { Length: > 0 };
        var text = RowText.OfEntry(
            row, description, metadata, isLost ? [.. columns, "metadata"] : columns, out var isTooLong);
        if (isTooLong) _tooLong++;
        return text;
    }

    /// <summary>What an account of that name is called here: the same, where that is an account's id.</summary>
    public string AccountId(string sourceId)
    {
        if (sourceId.Length == 0) throw new UnreadableException("its id is empty");
        if (IsAccountId(sourceId)) return sourceId;
        var id = SubjectAccount.IdOf(null, sourceId);
        Findings.Add(new(FindingKind.Renamed, $"{sourceId} is called {id} here"));
        return id;
    }

    /// <summary>Buckets as grants, the first to be spent first; what is below zero is owed.</summary>
    public (List<OpeningBucket> Buckets, CreditAmount Owed) Open(
        IEnumerable<(string Bucket, CreditAmount Amount, bool IsFirst)> buckets)
    {
        var (opened, owed) = (new List<OpeningBucket>(), default(CreditAmount));
        foreach (var (bucket, amount, isFirst) in buckets)
        {
            var isNegative = amount < default(CreditAmount);
            if (isNegative && options.RefuseNegative)
                throw new UnreadableException($"bucket {bucket} has {amount} (--refuse-negative)");
            if (isNegative)
            {
                owed -= amount;
                Findings.Add(new(FindingKind.NegativeBalance, $"bucket {bucket} has {amount}: that is owed", amount));
            }
            opened.Add(new(
                bucket, isNegative ? default : amount, isFirst ? PriorityFirst : PriorityThen,
                isFirst ? options.ExpiringUntil : null));
        }
        return (opened, owed);
    }

    /// <summary>What was read has something to say of the whole account.</summary>
    public List<Finding> End()
    {
        if (_rounded > 0) Findings.Add(new(FindingKind.Rounded, $"{_rounded} amounts were rounded to six decimals"));
        if (_tooLong > 0) Findings.Add(new(FindingKind.TextLeftOut, $"{_tooLong} rows have texts of more than 64 KiB"));
        return Findings;
    }

    /// <summary>Before and at the default: so the first bucket is spent first also where nothing expires.</summary>
    private const int PriorityFirst = 50, PriorityThen = 100;

    private static bool IsAccountId(string id) =>
        id.Length <= ReferenceMax && char.IsAsciiLetterOrDigit(id[0])
        && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or ':' or '@' or '-');
}
