using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tallystick.Api.Observability.Metrics;

/// <summary>All series of one name. Several ledgers in one process add up.</summary>
internal sealed class Family
{
    /// <summary>More would be a label that is not from a closed set; what is beyond is left out.</summary>
    private const int SeriesMax = 2_000;
    private readonly ConcurrentDictionary<Labels, Series> _series = new();
    private readonly double[] _bounds;

    public Family(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        IsObservable = instrument.IsObservable;
        Kind = type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.StartsWith("Counter", StringComparison.Ordinal)
                || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter"
            : "gauge";
        Help = instrument.Description ?? instrument.Name;
        Name = MetricName.Of(instrument.Name, instrument.Unit, isCounter: Kind == "counter");
        _bounds = Kind == "histogram" ? BoundsOf(instrument) : [];
    }

    public string Name { get; }
    public string Kind { get; }
    public string Help { get; }
    public bool IsObservable { get; }

    /// <summary>By their labels as text, so that two scrapes are in one order.</summary>
    public IEnumerable<(Labels Labels, Series Series)> All => _series.Select(one => (one.Key, one.Value));

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= SeriesMax) return;
            series = _series.GetOrAdd(labels, _ => new(_bounds));
        }
        if (Kind == "histogram") series.Observe(value); else series.Add(value);
    }

    /// <summary>What is observed at each scrape begins anew.</summary>
    public void Forget() => _series.Clear();

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> one => [.. one.Advice?.HistogramBucketBoundaries ?? []],
        Histogram<long> one => [.. (one.Advice?.HistogramBucketBoundaries ?? []).Select(bound => (double)bound)],
        _ => [],
    };
}
