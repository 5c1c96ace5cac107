using System.Text;

namespace Tallystick.Server.Measuring;

/// <summary>
/// Plain columns, the first to the left and figures to the right: the same on a terminal and in a file.
/// </summary>
internal sealed class TextTable(params string[] heads)
{
    private const string Gap = "   ";
    private readonly List<string[]> _rows = [heads];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var columns = Enumerable.Range(0, heads.Length);
        var widths = columns.Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) =>
                column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append("  ").AppendLine(string.Join(Gap, cells).TrimEnd());
        }
        return text.ToString();
    }
}
