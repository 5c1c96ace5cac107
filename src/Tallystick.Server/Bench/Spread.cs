using System.Globalization;

namespace Tallystick.Server.Bench;

/// <summary>Several measurements of one thing: the median, the smallest and the largest.</summary>
internal sealed class Spread
{
    private readonly List<double> _values = [];

    public double Median => _values.Count == 0 ? 0 : _values.Order().ElementAt(_values.Count / 2);

    public void Add(double value) => _values.Add(value);

    /// <summary>Median [min–max].</summary>
    public string Text(string format) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Words(Median, format)} [{Words(_values.Min(), format)}–{Words(_values.Max(), format)}]");

    private static string Words(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
