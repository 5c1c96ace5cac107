using System.Globalization;
using System.Text;

namespace Tallystick.Server.Bench;

/// <summary>A picture of how a store's figures change as it grows: one panel for each, entries by tens below.</summary>
internal static class GrowthPicture
{
    private const int Width = 260, Height = 150, Margin = 48, Gap = 36, Top = 40;

    public static string Draw(IReadOnlyList<GrowthPoint> points)
    {
        (string Title, Func<GrowthPoint, double> Value, string Format)[] panels =
        [
            ("charges, of an empty endpoint's rate", point => point.OfEmpty, "0.00"),
            ("start after a kill, s", point => point.Start.TotalSeconds, "0.0"),
            ("memory under load, MiB", point => point.Memory >> 20, "0"),
        ];
        var width = panels.Length * (Width + Margin) + Gap;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {Top + Height + Margin}" """);
        svg.AppendLine("""font-family="sans-serif" font-size="11" fill="#333">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="#fff"/>""");
        for (var i = 0; i < panels.Length; i++)
            Panel(svg, Margin + i * (Width + Margin), panels[i].Title, panels[i].Format, points, panels[i].Value);
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Panel(
        StringBuilder svg, int left, string title, string format, IReadOnlyList<GrowthPoint> points,
        Func<GrowthPoint, double> value)
    {
        var top = points.Max(value) * 1.15;
        var step = points.Count > 1 ? (double)Width / points.Count : Width;
        Text(svg, left, Top - 14, "start", title);
        Line(svg, left, Top, left, Top + Height);
        Line(svg, left, Top + Height, left + Width, Top + Height);
        var path = new StringBuilder();
        for (var i = 0; i < points.Count; i++)
        {
            var (x, y) = (left + (i + 0.5) * step, Top + Height * (1 - value(points[i]) / top));
            path.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{x:0.#} {y:0.#}");
            svg.AppendLine(
                CultureInfo.InvariantCulture, $"""<circle cx="{x:0.#}" cy="{y:0.#}" r="3" fill="#0b6e4f"/>""");
            Text(svg, x, y - 8, "middle", value(points[i]).ToString(format, CultureInfo.InvariantCulture));
            Text(svg, x, Top + Height + 16, "middle", Power(points[i].Entries));
        }
        svg.AppendLine($"""<path d="{path}" fill="none" stroke="#0b6e4f" stroke-width="1.5"/>""");
        Text(svg, left + Width, Top + Height + 32, "end", "entries in the journal");
    }

    private static string Power(long entries) =>
        string.Create(CultureInfo.InvariantCulture, $"10^{(int)Math.Round(Math.Log10(entries))}");

    private static void Line(StringBuilder svg, int fromX, int fromY, int toX, int toY) => svg.AppendLine(
        CultureInfo.InvariantCulture,
        $"""<line x1="{fromX}" y1="{fromY}" x2="{toX}" y2="{toY}" stroke="#999"/>""");

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) => svg.AppendLine(
        CultureInfo.InvariantCulture, $"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}">{text}</text>""");
}
