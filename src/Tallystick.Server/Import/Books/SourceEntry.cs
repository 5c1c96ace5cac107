using Tallystick.Core.Journal;

namespace Tallystick.Server.Import.Books;

/// <summary>A row of another system's history.</summary>
/// <param name="Text">Its description and metadata, as the free text of an entry: JSON; null without any.</param>
internal sealed record SourceEntry(EntryBody.HistoryImported Row, byte[]? Text)
{
    /// <summary>What was charged for: for one such there should be one charge. Null: the row does not say.</summary>
    public string? ChargeKey { get; init; }

    /// <summary>Beside the ledger: an event that moved nothing itself.</summary>
    public bool IsBeside { get; init; }
}
