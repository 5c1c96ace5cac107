namespace Tallystick.Server.Import.Sources;

/// <summary>A table of the other system, with those of its columns that are read.</summary>
/// <param name="Columns">By the name that is asked for: what it is called there, and of which type it is.</param>
internal sealed record SourceTable(
    string Schema, string Name, IReadOnlyDictionary<string, (string Column, string Type)> Columns)
{
    public IReadOnlyList<string> Names { get; } = [.. Columns.Keys.Order(StringComparer.Ordinal)];
    public bool Has(string name) => Columns.ContainsKey(name);

    /// <summary>All rows as text, in the order given: by account in the order of bytes, whatever the type.</summary>
    /// <param name="account">The column whose value tells whose row it is.</param>
    public string Select(string account, params IEnumerable<string> then)
    {
        var columns = Names.Select(name => $"{Quote(Columns[name].Column)}::text");
        var order = then.Where(Has).Select(name => Quote(Columns[name].Column))
            .Prepend($"{Quote(Columns[account].Column)}::text COLLATE \"C\" NULLS LAST");
        return $"SELECT {string.Join(", ", columns)} FROM {Quote(Schema)}.{Quote(Name)} ORDER BY "
            + string.Join(", ", order);
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
