using System.Globalization;
using System.Text;

namespace Tallystick.Api.Observability.Metrics;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<Family> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            var series = family.All.Select(one => (Labels: Text(one.Labels), one.Series))
                .OrderBy(one => one.Labels, StringComparer.Ordinal).ToList();
            if (series.Count == 0) continue;
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Kind).Append('\n');
            foreach (var (labels, one) in series)
            {
                if (family.Kind == "histogram") WriteHistogram(text, family.Name, labels, one);
                else Sample(text, family.Name, labels, one.Sum);
            }
        }
        return text.ToString();
    }

    private static void WriteHistogram(StringBuilder text, string name, string labels, Series series)
    {
        var comma = labels.Length == 0 ? "" : ",";
        var count = 0L;
        foreach (var (bound, upTo) in series.Cumulated())
        {
            Sample(text, name + "_bucket", $"{labels}{comma}le=\"{Number(bound)}\"", upTo);
            count = upTo;
        }
        Sample(text, name + "_sum", labels, series.Sum);
        Sample(text, name + "_count", labels, count);
    }

    private static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Text(Labels labels) => string.Join(',', Enumerable.Range(0, labels.Count).Select(index =>
    {
        var (name, value) = labels[index];
        return $"{MetricName.Of(name)}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}\"";
    }));

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
