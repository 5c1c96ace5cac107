using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.Http;

/// <summary>
/// Rows as RFC 4180 has them. A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers
/// are left as they are.
/// </summary>
internal sealed class CsvText
{
    private const string LineEnd = "\r\n";
    private const int FullChars = 64 << 10;
    private readonly StringBuilder _text = new();

    /// <summary>So much has been written that it is time to send it.</summary>
    public bool IsFull => _text.Length >= FullChars;

    /// <summary>What has been written since the last call.</summary>
    public byte[] Take()
    {
        var bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        return bytes;
    }

    public void Header(JsonTypeInfo row) => Line(row.Properties.Select(column => column.Name));

    public void Row(JsonTypeInfo type, object row) => Line(type.Properties.Select(column => CellOf(column.Get!(row))));

    public void Line(IEnumerable<string> cells) => _text.AppendJoin(',', cells.Select(Quote)).Append(LineEnd);

    /// <summary>A value in one cell; null is an empty one.</summary>
    public static string CellOf(object? value) => value switch
    {
        null => "",
        string text => IsFormula(text) ? "'" + text : text,
        bool flag => flag ? "true" : "false",
        Amount or Timestamp or long or int => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        _ => throw new InvalidOperationException($"{value.GetType()} has no cell"),
    };

    /// <summary>Some programs pass over spaces before it, and read the wide forms of the signs as the signs.</summary>
    private static bool IsFormula(string text) => text is ['\t' or '\r' or '\n', ..]
        || text.AsSpan().TrimStart() is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..];

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
