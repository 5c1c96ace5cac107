using Tallystick.Core.Time;

namespace Tallystick.Server.Import.Books;

/// <summary>
/// Which charges of another system can still be given back. What may have been given back there already cannot: its
/// split is left out, so that a refund here is refused.
/// </summary>
internal static class Refunds
{
    private const string Word = "refund";

    public static List<SourceEntry> WithoutRefunded(List<SourceEntry> rows)
    {
        var charges = rows.Where(one => one.Row.IsCharge).SelectMany(KeysOf).ToHashSet(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        Instant? doubtful = null;
        foreach (var one in rows.Where(one => one.Row.Amount.IsPositive))
        {
            if (one.ChargeKey is { } key && charges.Contains(key)) keys.Add(key);
            // For which of the charges before it that was, nobody knows.
            else if (one.Row.Type?.Contains(Word, StringComparison.OrdinalIgnoreCase) == true)
                doubtful = doubtful is { } known ? Instant.Max(known, one.Row.OccurredAt) : one.Row.OccurredAt;
        }
        return rows.ConvertAll(one => KeysOf(one).Any(keys.Contains) || one.Row.OccurredAt <= doubtful
            ? one with { Row = one.Row with { Split = [] } }
            : one);
    }

    private static IEnumerable<string> KeysOf(SourceEntry one) =>
        one.ChargeKey is { } key ? [key, one.Row.RowId] : [one.Row.RowId];
}
