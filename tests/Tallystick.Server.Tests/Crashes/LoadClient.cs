using System.Text;
using System.Text.Json.Nodes;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>Sends keyed charges, refunds, holds and captures from several workers until the server is gone.</summary>
internal sealed class LoadClient(IntentLog log, Random random)
{
    public const int Accounts = 5;
    private const int Workers = 16;
    private int _sent;

    public static string Account(int index) => $"account-{index}";

    /// <summary>Its accounts, each with a million credits.</summary>
    public static async Task OpenAccountsAsync(HttpClient http)
    {
        for (var i = 0; i < Accounts; i++)
        {
            var account = $"/api/v1/accounts/{Account(i)}";
            var made = await http.PutAsync(account, new StringContent("{}", null, "application/json"));
            made.EnsureSuccessStatusCode();
            var grant = new Intent($"grant-{i}", $"{account}/grants", """{"amount":1000000}""");
            if ((await SendAsync(http, grant))!.Status != 201) throw new InvalidOperationException("no credits");
        }
    }

    public Task RunAsync(HttpClient http)
    {
        // Each worker has a source of its own: one is not safe for all.
        var seeds = Enumerable.Range(0, Workers).Select(_ => random.Next()).ToList();
        return Task.WhenAll(seeds.Select(seed => Task.Run(() => WorkAsync(http, new(seed)))));
    }

    /// <summary>Null when no answer came.</summary>
    public static async Task<Answer?> SendAsync(HttpClient http, Intent intent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, intent.Path)
        {
            Content = new StringContent(intent.Body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", intent.Key);
        try
        {
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            return new((int)response.StatusCode, body, response.Headers.Contains("Idempotent-Replayed"));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TaskCanceledException)
        {
            return null;
        }
    }

    private async Task WorkAsync(HttpClient http, Random own)
    {
        while (true)
        {
            var account = Account(own.Next(Accounts));
            var amount = $"0.{own.Next(1, 1_000_000):D6}";
            var isHold = own.Next(3) == 0;
            var body = $$"""{"account_id":"{{account}}","amount":"{{amount}}"}""";
            var first = await AskAsync(http, isHold ? "holds" : "charges", body);
            if (first is null) return;
            if (!first.IsDone || own.Next(3) == 0) continue;
            var id = (string)JsonNode.Parse(first.Body)!["id"]!;
            var final = own.Next(2) == 0 ? "true" : "false";
            var next = isHold
                ? await AskAsync(http, $"holds/{id}/capture", $$"""{"amount":"{{amount}}","final":{{final}}}""")
                : await AskAsync(http, $"charges/{id}/refund", "{}");
            if (next is null) return;
        }
    }

    private async Task<Answer?> AskAsync(HttpClient http, string path, string body)
    {
        var intent = new Intent($"key-{Interlocked.Increment(ref _sent)}", $"/api/v1/{path}", body);
        log.Write(intent);
        var answer = await SendAsync(http, intent);
        if (answer is { IsDone: true }) log.Note(intent, answer);
        // A fault or a refusal has changed nothing; the key stays free and the intent open.
        return answer;
    }
}
