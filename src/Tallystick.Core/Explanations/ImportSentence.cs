using Tallystick.Core.Journal;

namespace Tallystick.Core.Explanations;

/// <summary>The English of what came from another system.</summary>
internal static class ImportSentence
{
    /// <summary>Null for anything else.</summary>
    public static string? Of(EntryBody body) => body switch
    {
        EntryBody.HistoryImported b =>
            $"Row {b.RowId} of {b.Table}, of {b.OccurredAt}, came from another system: {b.Type ?? "a row"} of "
            + $"{b.Amount}. It moved nothing here.",
        EntryBody.BalanceImported b =>
            $"The account came from another system (layout {b.Layout}) with {b.Stated}, after {b.Rows} rows of history "
            + $"that sum to {b.Sum}{(b.Sum == b.Stated ? "" : $": {b.Stated - b.Sum} of it is in no row")}.",
        _ => null,
    };
}
