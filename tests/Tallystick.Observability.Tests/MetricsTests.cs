using System.Globalization;
using System.Text.RegularExpressions;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Observability.Tests;

/// <summary>A real scrape of a real server, read by the grammar of Prometheus' text format.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task A_scrape_says_what_the_server_did()
    {
        using var server = await RunningServer.StartAsync();
        await server.SendAsync("PUT", "/api/v1/accounts/acme");
        await server.SendAsync("POST", "/api/v1/accounts/acme/grants", """{"amount":10}""", "g");
        for (var i = 0; i < 3; i++)
            await server.SendAsync("POST", "/api/v1/charges", """{"account_id":"acme","amount":2}""", "c");
        await server.SendAsync("POST", "/api/v1/charges", """{"account_id":"acme","amount":99}""", "d");
        await server.SendAsync("GET", "/api/v1/nowhere");
        await server.SendAsync("POST", "/api/v1/holds", """{"account_id":"acme","amount":1,"expires_in":1}""", "h");
        var scrape = await ScrapeUntilAsync(server, "tallystick_entries_total{kind=\"hold_expired\"}");

        Assert.Equal(2, scrape["tallystick_commands_total{outcome=\"replayed\"}"]);
        Assert.Equal(1, scrape["tallystick_refusals_total{code=\"insufficient_credits\"}"]);
        Assert.Equal(1, scrape["tallystick_entries_total{kind=\"hold_expired\"}"]);
        Assert.Equal(0, scrape["tallystick_store_faults_total"]);
        Assert.Equal(0, scrape["tallystick_queue_depth"]);
        Assert.True(scrape["tallystick_store_lag"] > 0);
        Assert.True(scrape["dotnet_process_memory_working_set_bytes"] > 1e6);
        const string Charged =
            "http_server_request_duration_seconds_count{http_request_method=\"POST\",http_route=\"/api/v1/charges\",";
        Assert.Equal(3, scrape[Charged + "http_response_status_code=\"201\"}"]);
        Assert.Equal(1, scrape[Charged + "http_response_status_code=\"402\"}"]);
        Assert.Contains(scrape.Keys, key => key.Contains("http_route=\"none\"", StringComparison.Ordinal));
        Assert.DoesNotContain(scrape.Keys, key => key.Contains("acme", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Random_paths_and_methods_make_no_new_series_L4()
    {
        using var server = await RunningServer.StartAsync();
        for (var i = 0; i < 50; i++) await server.SendAsync($"M{i}", $"/api/v1/accounts/{Guid.NewGuid()}/x{i}");
        var before = (await ScrapeAsync(server)).Count;
        for (var i = 50; i < 250; i++) await server.SendAsync($"M{i}", $"/api/v1/accounts/{Guid.NewGuid()}/x{i}");

        Assert.InRange((await ScrapeAsync(server)).Count, before, before + 40);
    }

    [Theory]
    [InlineData("# TYPE a counter\na 1\n")]
    [InlineData("# TYPE a_total counter\na_total one\n")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 2\n")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n")]
    [InlineData("a 1\n")]
    [InlineData("# TYPE a gauge\na{b=\"c} 1\n")]
    [InlineData("# TYPE a gauge\na 1\na 2\n")]
    public void A_malformed_scrape_is_refused(string text) => Assert.ThrowsAny<Exception>(() => Parse(text));

    private static async Task<Dictionary<string, double>> ScrapeUntilAsync(RunningServer server, string series)
    {
        for (var patience = 50; ; patience--)
        {
            var scrape = await ScrapeAsync(server);
            if (scrape.ContainsKey(series) || patience == 0) return scrape;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<Dictionary<string, double>> ScrapeAsync(RunningServer server)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(server.Http.BaseAddress!, "/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        return Parse(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Every sample after the TYPE of its family, once; histograms cumulative and complete.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        var types = new Dictionary<string, string>();
        var samples = new Dictionary<string, double>();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal)) continue;
            if (TypeLine().Match(line) is { Success: true } type)
            {
                types.Add(type.Groups[1].Value, type.Groups[2].Value);
                if (type.Groups[2].Value == "counter")
                    Assert.EndsWith("_total", type.Groups[1].Value, StringComparison.Ordinal);
                continue;
            }
            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, line);
            var name = sample.Groups[1].Value;
            Assert.True(types.ContainsKey(name) || types[HistogramPart().Replace(name, "")] == "histogram", line);
            samples.Add(line[..line.LastIndexOf(' ')], Number(sample.Groups[2].Value));
        }
        foreach (var (name, _) in types.Where(type => type.Value == "histogram")) CheckHistogram(name, samples);
        return samples;
    }

    private static void CheckHistogram(string name, Dictionary<string, double> samples)
    {
        var buckets = samples.Where(one => one.Key.StartsWith(name + "_bucket{", StringComparison.Ordinal))
            .GroupBy(one => Bound().Replace(one.Key, "").Replace("{}", "", StringComparison.Ordinal));
        foreach (var series in buckets)
        {
            var counts = series.OrderBy(one => Number(Bound().Match(one.Key).Groups[1].Value))
                .Select(one => one.Value).ToList();
            Assert.Equal(counts.Order(), counts);
            Assert.Contains(series, one => one.Key.Contains("le=\"+Inf\"", StringComparison.Ordinal));
            Assert.Equal(counts[^1], samples[series.Key.Replace("_bucket", "_count", StringComparison.Ordinal)]);
            Assert.True(samples.ContainsKey(series.Key.Replace("_bucket", "_sum", StringComparison.Ordinal)));
        }
    }

    private static double Number(string text) =>
        text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        """^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex(""",?le="([^"]*)""" + "\"")]
    private static partial Regex Bound();
}
