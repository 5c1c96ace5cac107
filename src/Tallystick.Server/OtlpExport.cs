using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Server;

/// <summary>
/// Sends spans and metrics to a collector when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; the other standard variables
/// (<c>OTEL_EXPORTER_OTLP_HEADERS</c>, <c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c> …) hold too. The
/// protocol is <c>http/protobuf</c> unless <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> says <c>grpc</c>.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport()
    {
        var resource = ResourceBuilder.CreateDefault().AddService("tallystick").AddEnvironmentVariableDetector();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource).AddSource(Signals.Name).AddOtlpExporter(Configure).Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource).AddMeter(Signals.Name, "System.Runtime").AddOtlpExporter(Configure).Build();
    }

    /// <summary>Null where no collector is named.</summary>
    public static OtlpExport? StartIfAsked() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")) ? null : new();

    /// <summary>Sends what has gathered.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void Configure(OtlpExporterOptions options)
    {
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") is null or "")
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
    }
}
