using System.Text.RegularExpressions;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// The codes of docs/errors.md, which is embedded in this assembly: one list for people and machines.
/// </summary>
internal static partial class ErrorTable
{
    public static readonly IReadOnlyDictionary<string, (int Status, string When)> Codes = Read();

    private static Dictionary<string, (int, string)> Read()
    {
        using var text = new StreamReader(typeof(ErrorTable).Assembly.GetManifestResourceStream("errors.md")!);
        return Row().Matches(text.ReadToEnd()).ToDictionary(
            row => row.Groups[1].Value, row => (int.Parse(row.Groups[2].ValueSpan), row.Groups[3].Value));
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \| (\d{3}) \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
