using Tallystick.Testing;
using Xunit;

namespace Tallystick.Observability.Tests;

/// <summary>A collector of our own, on loopback, that reads what the server exports as OTLP over HTTP.</summary>
public sealed class OtlpTests : IAsyncLifetime
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private Collector _collector = null!;

    public async ValueTask InitializeAsync() => _collector = await Collector.StartAsync();
    public ValueTask DisposeAsync() => _collector.DisposeAsync();

    [Fact]
    public async Task The_spans_of_one_charge_arrive_under_the_caller_s_trace()
    {
        using var server = await RunningServer.StartAsync(environment: new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Url,
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        });
        await server.SendAsync("PUT", "/api/v1/accounts/acme");
        await server.SendAsync("POST", "/api/v1/accounts/acme/grants", """{"amount":10}""", "g");
        var charge = await server.SendAsync(
            "POST", "/api/v1/charges", """{"account_id":"acme","amount":1}""", "c",
            $"00-{TraceId}-00f067aa0ba902b7-01");
        await server.StopAsync();

        Assert.Equal(TraceId, Assert.Single(charge.Raw.Headers.GetValues("Trace-Id")));
        var received = _collector.Received;
        var spans = received["traces"].SelectMany(OtlpSpan.ReadAll).Where(span => span.TraceId == TraceId).ToList();
        var request = Assert.Single(spans, span => span.Name == "POST /api/v1/charges");
        Assert.Equal("00f067aa0ba902b7", request.ParentId);
        Assert.Equal(
            ["commit", "decide", "queue"],
            spans.Where(span => span.ParentId == request.Id).Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.Equal(4, spans.Count);
        Assert.Contains(received["metrics"], bytes => Contains(bytes, "tallystick.commands"u8));
        Assert.DoesNotContain(received.Values.SelectMany(all => all), bytes => Contains(bytes, "an-admin-key"u8));
    }

    private static bool Contains(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part) >= 0;
}
