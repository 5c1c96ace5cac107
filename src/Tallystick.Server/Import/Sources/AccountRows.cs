using System.Text;

namespace Tallystick.Server.Import.Sources;

/// <summary>
/// The rows of a table account by account, beside the accounts themselves, both in the order of bytes: each is read
/// once.
/// </summary>
internal sealed class AccountRows(SourceCursor cursor, string account)
{
    /// <summary>All rows of an account.</summary>
    /// <param name="stray">Hears of rows of accounts that there are not; null for rows of nobody.</param>
    public async ValueTask<List<SourceRow>> TakeAsync(
        string accountId, Action<string?> stray, CancellationToken cancel)
    {
        var rows = new List<SourceRow>();
        while (await cursor.PeekAsync(cancel) is { } row)
        {
            var order = row[account] is { } whose ? Compare(whose, accountId) : 1;
            if (order > 0) break;
            if (order == 0) rows.Add(row); else stray(row[account]);
            cursor.Pass();
        }
        return rows;
    }

    /// <summary>What is left belongs to nobody.</summary>
    public async ValueTask EndAsync(Action<string?> stray, CancellationToken cancel)
    {
        for (; await cursor.PeekAsync(cancel) is { } row; cursor.Pass()) stray(row[account]);
    }

    private static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
