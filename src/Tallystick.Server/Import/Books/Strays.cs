namespace Tallystick.Server.Import.Books;

/// <summary>Rows of accounts that the other system does not have: a missing foreign key.</summary>
internal sealed class Strays
{
    private const int NamedMax = 20;
    private readonly SortedDictionary<(string Table, string Account), long> _rows = [];

    public Action<string?> Of(string table) => account =>
    {
        var key = (table, account ?? "");
        // Of a table of strays alone the first names do.
        if (_rows.Count >= NamedMax && !_rows.ContainsKey(key)) key = (table, "others");
        _rows[key] = _rows.GetValueOrDefault(key) + 1;
    };

    public IEnumerable<Finding> Findings =>
        from stray in _rows
        let whose = stray.Key.Account.Length == 0 ? "no account" : $"account {stray.Key.Account}, which there is not"
        select new Finding(
            FindingKind.StrayRows, $"{stray.Value} rows of {stray.Key.Table} are of {whose}: they stay behind");
}
