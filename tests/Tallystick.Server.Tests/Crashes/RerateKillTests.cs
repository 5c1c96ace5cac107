using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>A re-rating that is cut off by a kill, on the real program.</summary>
public sealed class RerateKillTests
{
    private const int Accounts = 20, Charges = 100;

    [Fact]
    public async Task A_re_rating_that_is_killed_in_its_midst_is_finished_by_running_it_again_and_corrects_all_once()
    {
        var folder = Directory.CreateTempSubdirectory("tally-rerate-").FullName;
        await using (var server = await TallyServer.StartAsync(folder))
        {
            await WriteAsync(server);
            var cut = RerateAsync(server);
            // Somewhere in its midst, or before or after it: whatever the kill meets, the rest is the same.
            await Task.Delay(60, TestContext.Current.CancellationToken);
            await server.KillAsync();
            await Task.WhenAny(cut);
        }
        await using (var server = await TallyServer.StartAsync(folder))
        {
            await RerateAsync(server);
            Assert.Equal(0, (int)(await RerateAsync(server))["totals"]!["corrected"]!);
            var summary = await GetAsync(server, "usage/summary?from=2020-01-01");
            Assert.Equal(
                ("3000.000000", "3000.000000"),
                ((string)summary["total_cost"]!, (string)summary["provider_cost"]!));
            for (var i = 0; i < Accounts; i++)
            {
                var journal = await GetAsync(server, $"accounts/a{i}/transactions?kind=correction&limit=1000");
                var corrected = journal["data"]!.AsArray().Select(one => (string)one!["subject_id"]!).ToList();
                Assert.Equal((Charges, Charges), (corrected.Count, corrected.Distinct().Count()));
                Assert.Equal("350.000000", (string)(await GetAsync(server, $"accounts/a{i}/balance"))["available"]!);
            }
            await server.KillAsync();
        }
        var verified = await Tally.RunAsync("verify", "--data", folder);
        Assert.True(verified.Code == 0, verified.Output);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task WriteAsync(TallyServer server)
    {
        await PriceAsync(server, "2");
        for (var i = 0; i < Accounts; i++)
        {
            await SendAsync(server, HttpMethod.Put, $"accounts/a{i}", "{}");
            await SendAsync(server, HttpMethod.Post, $"accounts/a{i}/grants", """{"amount":"500"}""", $"g{i}");
            var operations = Enumerable.Range(0, Charges).Select(step => $$"""
                {"op":"charge","idempotency_key":"c{{step}}","account_id":"a{{i}}",
                "usage":{"provider":"acme","model":"m","input_tokens":1000000} }
                """);
            var batch = await SendAsync(
                server, HttpMethod.Post, "batch", $"{{\"operations\":[{string.Join(',', operations)}]}}");
            Assert.All(batch["results"]!.AsArray(), one => Assert.Equal(201, (int)one!["status"]!));
        }
        await PriceAsync(server, "1.5");
    }

    private static Task PriceAsync(TallyServer server, string rate) => SendAsync(server, HttpMethod.Put, "prices", $$"""
        {"prices":[{"provider":"acme","model":"m","effective_from":"2020-01-01T00:00:00Z",
        "rates":{"input":"{{rate}}"} }]}
        """);

    private static Task<JsonNode> RerateAsync(TallyServer server) => SendAsync(
        server, HttpMethod.Post, "rerate", """{"from":"2020-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"}""");

    private static async Task<JsonNode> GetAsync(TallyServer server, string path) => JsonNode.Parse(
        await server.Http.GetStringAsync(
            new Uri("/api/v1/" + path, UriKind.Relative), TestContext.Current.CancellationToken))!;

    private static async Task<JsonNode> SendAsync(
        TallyServer server, HttpMethod method, string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer);
        return JsonNode.Parse(answer)!;
    }
}
