using System.Text.Json;
using Tallystick.Core.Money;

namespace Tallystick.Server.Import.Books;

/// <summary>One thing that the import found in another system's books, or did with them.</summary>
/// <param name="Text">For people: which rows, and which failure it shows.</param>
/// <param name="Amount">How much it is about, where that can be told.</param>
internal sealed record Finding(FindingKind Kind, string Text, CreditAmount? Amount = null)
{
    /// <summary>The old books, or the new ones, are not what they should be.</summary>
    public bool IsDifference => Kind < FindingKind.NegativeBalance;
    public string Word => JsonNamingPolicy.SnakeCaseLower.ConvertName(Kind.ToString());
}
