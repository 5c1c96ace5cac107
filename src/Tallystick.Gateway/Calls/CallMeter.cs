using System.Diagnostics.Metrics;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Counts what calls came to; docs/logging-and-metrics.md lists it. Where estimates become more, a provider no
/// longer says what was used.
/// </summary>
internal static class CallMeter
{
    private static readonly Meter Meter = new(Signals.Name);
    private static readonly Counter<long> Calls =
        Meter.CreateCounter<long>("tallystick.calls", "{call}", "Model calls by what they came to");

    public static void Charged(bool isEstimated) => Add(isEstimated ? "estimated" : "charged");

    public static void Failed() => Add("failed");

    /// <summary>An earlier process could not settle it.</summary>
    public static void Recovered() => Add("recovered");

    private static void Add(string outcome) => Calls.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
