using System.Text;

namespace Tallystick.Api.Observability.Metrics;

/// <summary>OpenTelemetry's names in Prometheus' spelling: <c>a.b</c> in seconds is <c>a_b_seconds</c>.</summary>
internal static class MetricName
{
    public static string Of(string name, string? unit, bool isCounter)
    {
        var text = new StringBuilder(Of(name));
        var suffix = unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "1" => "ratio",
            _ => null,
        };
        if (suffix is not null && !name.EndsWith(suffix, StringComparison.Ordinal)) text.Append('_').Append(suffix);
        return isCounter ? text.Append("_total").ToString() : text.ToString();
    }

    /// <summary>A name, or a label's, with what is not a letter or digit as an underscore.</summary>
    public static string Of(string name) => string.Create(name.Length, name, static (text, from) =>
    {
        for (var i = 0; i < from.Length; i++) text[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    });
}
