using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Api.Observability.Metrics;

/// <summary>
/// Adds up what the process measures, for a scrape to read: the ledger's own figures, the runtime's and the server's.
/// Stands in for a Prometheus exporter (docs/decisions/0003-metrics-and-logs.md).
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly string[] Sources = [Signals.Name, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];
    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Sources.Contains(instrument.Meter.Name))
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new(instrument)));
        };
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Measure(family, value, tags));
        _listener.Start();
    }

    /// <summary>All figures of now in Prometheus' text format, version 0.0.4.</summary>
    public string Scrape()
    {
        lock (_scraping)
        {
            foreach (var family in _families.Values) if (family.IsObservable) family.Forget();
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_families.Values.OrderBy(family => family.Name, StringComparer.Ordinal));
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Measure(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((Family)family!).Measure(value, tags);
}
