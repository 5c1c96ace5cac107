using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tallystick.Server.Commands;
using Tallystick.Server.Measuring;
using Tallystick.Server.Replay;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Bench;

/// <summary>Loads usage events over the API and times each report on them; the books are verified at the end.</summary>
internal sealed class ReportSession(int events, int accounts)
{
    private const int AtOnce = 8, EventsEach = 10_000, Times = 30;
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(10);
    private static readonly (string Name, string Path, string Query)[] Reports =
    [
        ("summary", "summary", ""), ("by model", "by-model", ""), ("by service", "by-service", ""),
        ("by team", "by-key", "&key=team"), ("by team, as CSV", "by-key", "&key=team&format=csv"),
        ("by day", "daily", ""), ("balance by day", "balances", ""),
    ];

    private readonly TextWriter _output = Console.Out;

    /// <summary>True if the books hold.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var server = await OwnServer.StartAsync(null, cancel);
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        var until = TimeProvider.System.GetUtcNow();
        await PrepareAsync(http, cancel);
        await LoadAsync(http, new(accounts, until), cancel);
        foreach (var (name, query) in Periods(until))
            await TimeAsync(http, name, query, cancel);
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Memory of the server: {server.Process.Memory >> 20:N0} MiB"));
        var isSound = VerifyCommand.Run(SqliteAudit.Open(server.Folder), new()) == ExitCode.Ok;
        server.KeepsFolder = !isSound;
        return isSound;
    }

    private static IEnumerable<(string Name, string Query)> Periods(DateTimeOffset until)
    {
        var (quarter, month, day) = (Since(EventScript.Days), Since(30), Since(1));
        yield return ("project, 90 days", quarter);
        yield return ("project, 30 days", month);
        yield return ("project, 30 days of Kathmandu", month + "&time_zone=Asia/Kathmandu");
        yield return ("project, a day", day);
        yield return ("one account with half of all events, 90 days", quarter + $"&account_id={EventScript.Busiest}");
        yield return (
            "the same, of Kathmandu", quarter + $"&time_zone=Asia/Kathmandu&account_id={EventScript.Busiest}");
        yield return ("one account with every hundredth event, 90 days", quarter + $"&account_id={EventScript.Busy}");
        yield return ("one account of the others, 90 days", quarter + $"&account_id={EventScript.Other}");

        string Since(int days) => $"from={until.UtcDateTime.AddDays(-days):yyyy-MM-ddTHH:mm:ssZ}";
    }

    private async Task LoadAsync(HttpClient http, EventScript script, CancellationToken cancel)
    {
        var (since, loaded, said) = (Stopwatch.GetTimestamp(), 0L, TimeSpan.Zero);
        var requests = Enumerable.Range(0, (events + EventsEach - 1) / EventsEach);
        await Parallel.ForEachAsync(
            requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (request, token) =>
            {
                var first = (long)request * EventsEach;
                var count = (int)Math.Min(EventsEach, events - first);
                await SendAsync(http, script.Lines(first, count), count, token);
                var done = Interlocked.Add(ref loaded, count);
                var elapsed = Stopwatch.GetElapsedTime(since);
                if (elapsed - said < SayEvery) return;
                said = elapsed;
                await Console.Error.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {events:N0} events"));
            });
        var took = Stopwatch.GetElapsedTime(since);
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Loaded {events:N0} events of {accounts:N0} accounts in {took.TotalSeconds:N0} s: "
            + $"{events / took.TotalSeconds:N0} a second"));
    }

    /// <summary>Sends lines again until all of them are recorded: each counts once.</summary>
    private static async Task SendAsync(HttpClient http, byte[] lines, int count, CancellationToken cancel)
    {
        for (var pause = 50; ; pause = Math.Min(pause * 2, 2_000))
        {
            using var content = new ByteArrayContent(lines);
            content.Headers.ContentType = new("application/x-ndjson");
            using var answer = await http.PostAsync("/api/v1/usage/events", content, cancel);
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancel);
            if (answer.IsSuccessStatusCode)
            {
                var (accepted, again) = (Of("accepted"), Of("duplicates"));
                if (accepted + again == count) return;
                throw new BenchException($"{count - accepted - again} events were rejected");
            }
            if ((int)answer.StatusCode != 503) throw new BenchException(document.RootElement.GetRawText());
            await Task.Delay(pause, cancel);

            int Of(string name) => document.RootElement.GetProperty(name).GetInt32();
        }
    }

    private async Task TimeAsync(HttpClient http, string name, string query, CancellationToken cancel)
    {
        var table = new TextTable(name, "median", "longest", "bytes");
        foreach (var (report, path, asked) in Reports)
        {
            var (times, bytes) = (new LatencyHistogram(), 0L);
            for (var i = 0; i < Times; i++)
            {
                var since = Stopwatch.GetTimestamp();
                using var answer = await http.GetAsync($"/api/v1/usage/{path}?{query}{asked}", cancel);
                var body = await answer.Content.ReadAsByteArrayAsync(cancel);
                if (!answer.IsSuccessStatusCode) throw new BenchException(Encoding.UTF8.GetString(body));
                times.Record(Stopwatch.GetElapsedTime(since));
                bytes = body.Length;
            }
            table.Add(
                report, Words(times.Permille(500)), Words(times.Max),
                bytes.ToString("N0", CultureInfo.InvariantCulture));
        }
        _output.WriteLine(table);
    }

    private async Task PrepareAsync(HttpClient http, CancellationToken cancel)
    {
        await PutAsync("PATCH", "project", """{"report_keys":["team"],"max_event_age":31622400}""");
        var prices = string.Join(',', Enumerable.Range(0, EventScript.Models).Select(model =>
            $$$"""
            {"model":"{{{EventScript.ModelOf((uint)model)}}}","rates":{"input":"{{{model + 1}}}","output":"10"}}
            """));
        await PutAsync("PUT", "prices", $$"""{"prices":[{{prices}}]}""");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Math.Max(accounts, EventScript.AccountsMin)),
            new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancel },
            async (account, _) =>
            {
                var path = $"accounts/{ChargeScript.AccountId(account)}";
                await PutAsync("PUT", path, "{}");
                await PutAsync("POST", path + "/grants", """{"amount":"100000000000"}""", "enough");
            });

        async Task PutAsync(string method, string path, string body, string? key = null)
        {
            using var request = new HttpRequestMessage(new(method), "/api/v1/" + path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            using var answer = await http.SendAsync(request, cancel);
            if (!answer.IsSuccessStatusCode)
                throw new BenchException($"{path} was answered {await answer.Content.ReadAsStringAsync(cancel)}");
        }
    }

    private static string Words(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}
