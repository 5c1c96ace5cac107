namespace Tallystick.Server.Import.Sources;

/// <summary>A row of the other system, as text. A column that the table does not have is null.</summary>
internal sealed class SourceRow(SourceTable table, string?[] values)
{
    public SourceTable Table => table;
    public string? this[string name]
    {
        get
        {
            for (var i = 0; i < values.Length; i++)
                if (table.Names[i] == name) return values[i];
            return null;
        }
    }

    /// <summary>As <c>table.column</c>, for people.</summary>
    public string NameOf(string column) =>
        $"{table.Name}.{(table.Columns.TryGetValue(column, out var known) ? known.Column : column)}";
}
