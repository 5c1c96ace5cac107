using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Api.Tests;
using Tallystick.Api.Tests.Races;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Server.Tests.Histories;

/// <summary>
/// Clients of servers that fail: everything at once to a few accounts, each request with its key until it is answered;
/// then a checker looks for the one order of it all, account by account.
/// </summary>
/// <param name="server">Some server that may be there.</param>
internal sealed class FaultyClients(Func<HttpClient> server, int seed)
{
    private const int Accounts = 4, Clients = 24, CallsOfOneClient = 80;
    private const long HourMicros = 3_600_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private int _keys, _unanswered;

    /// <summary>Calls that were answered, and how often one had no answer before.</summary>
    public int Operations { get; private set; }
    public int Unanswered => _unanswered;

    /// <summary>Accounts of their own each time, so that the checker has short histories of many clients.</summary>
    public async Task RunAsync(int round)
    {
        var accounts = Enumerable.Range(0, Accounts).Select(i => new Account($"acme-{round}-{i}")).ToList();
        foreach (var account in accounts) await AnswerAsync("PUT", $"accounts/{account.Id}", "{}", null);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, round, client));
            for (var i = 0; i < CallsOfOneClient; i++)
            {
                var account = accounts[random.Next(Accounts)];
                await SendAsync(account, Choose(account, random));
            }
        })));
        foreach (var account in accounts)
        {
            foreach (var call in account.Doubtful) await SettleAsync(account, call);
            History.MustBeLinear([.. account.Calls], await JournalAsync(account.Id));
            Operations += account.Calls.Count;
        }
    }

    private Call Choose(Account account, Random random)
    {
        var key = $"key-{Interlocked.Increment(ref _keys)}";
        var end = Instant.From(TimeProvider.System.GetUtcNow()).Micros + random.Next(1, 3) * HourMicros;
        var call = new Call { Kind = "balance", Started = 0, Key = key, Amount = random.Next(1, 40) * 50_000L };
        return random.Next(12) switch
        {
            0 or 1 => call with
            {
                Kind = "grant", Amount = random.Next(1, 30) * 50_000L, Bucket = $"b{random.Next(3)}",
                Priority = random.Next(4), ExpiresAt = random.Next(2) == 0 ? end : null,
            },
            2 or 3 => call with { Kind = "charge" },
            4 or 5 => call with { Kind = "hold", ExpiresAt = end },
            6 or 7 when Pick(account.Holds, random) is { } hold => call with
            {
                Kind = "capture", Subject = hold, Final = random.Next(3) > 0, Amount = random.Next(0, 50) * 50_000L,
            },
            8 when Pick(account.Holds, random) is { } hold => call with { Kind = "release", Subject = hold },
            9 or 10 when Pick(account.Charges, random) is { } charge => call with
            {
                Kind = "refund", Subject = charge,
            },
            _ => call,
        };
    }

    private async Task SendAsync(Account account, Call call)
    {
        var (reply, first, last) = await AskAsync(account, call);
        var isDone = reply.Status is 200 or 201;
        var answered = call with { Started = isDone ? first : last, Ended = Stopwatch.GetTimestamp(), Reply = reply };
        // A refusal is of the last try; an earlier one, of which nothing was heard, may still come to its effect.
        if (!isDone && first < last && call.IsChange)
        {
            account.Doubtful.Add(call with { Started = first });
            answered = answered with { Key = call.Key + "-refused" };
        }
        account.Add(answered);
    }

    private async Task SettleAsync(Account account, Call call)
    {
        var (reply, _, last) = await AskAsync(account, call);
        var isDone = reply.Status is 200 or 201;
        account.Add(call with
        {
            Started = isDone ? call.Started : last, Ended = Stopwatch.GetTimestamp(), Reply = reply,
        });
    }

    private Task<(ApiReply Reply, long First, long Last)> AskAsync(Account account, Call call)
    {
        var amount = $"\"amount\":\"{(call.Amount / 1_000_000m).ToString(CultureInfo.InvariantCulture)}\"";
        var until = call.ExpiresAt is { } end ? $",\"expires_at\":\"{new Instant(end)}\"" : "";
        var (path, body) = call.Kind switch
        {
            "grant" => (
                $"accounts/{account.Id}/grants",
                $"{{{amount},\"bucket\":\"{call.Bucket}\",\"priority\":{call.Priority}{until}}}"),
            "charge" => ("charges", $"{{\"account_id\":\"{account.Id}\",{amount}}}"),
            "hold" => ("holds", $"{{\"account_id\":\"{account.Id}\",{amount}{until}}}"),
            "capture" => (
                $"holds/{call.Subject}/capture", $"{{{amount},\"final\":{(call.Final ? "true" : "false")}}}"),
            "release" => ($"holds/{call.Subject}/release", "{}"),
            "refund" => ($"charges/{call.Subject}/refund", $"{{{amount}}}"),
            _ => ($"accounts/{account.Id}/balance", ""),
        };
        return call.IsChange ? AnswerAsync("POST", path, body, call.Key) : AnswerAsync("GET", path, null, null);
    }

    /// <summary>Asks until there is an answer; with the times of the first and of the last try.</summary>
    private async Task<(ApiReply Reply, long First, long Last)> AnswerAsync(
        string method, string path, string? body, string? key)
    {
        var first = Stopwatch.GetTimestamp();
        for (var last = first; ; last = Stopwatch.GetTimestamp())
        {
            if (await TryAsync(method, path, body, key) is { Status: not 503 } reply) return (reply, first, last);
            Interlocked.Increment(ref _unanswered);
            Assert.True(Stopwatch.GetElapsedTime(first) < Patience, $"{method} {path} has no answer");
            await Task.Delay(20);
        }
    }

    private async Task<ApiReply?> TryAsync(string method, string path, string? body, string? key)
    {
        try
        {
            using var request = new HttpRequestMessage(new(method), "/api/v1/" + path);
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            var response = await server().SendAsync(request);
            var bytes = await response.Content.ReadAsByteArrayAsync();
            return new((int)response.StatusCode, JsonNode.Parse(bytes), response) { Bytes = bytes };
        }
        catch (Exception cut) when (
            cut is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }

    private async Task<List<JsonNode>> JournalAsync(string account)
    {
        var entries = new List<JsonNode>();
        for (var cursor = ""; ;)
        {
            var (page, _, _) = await AnswerAsync(
                "GET", $"accounts/{account}/transactions?limit=1000{cursor}", null, null);
            entries.AddRange(page.Must(200).Data);
            if (page["has_more"] == "false") break;
            cursor = "&cursor=" + page["next_cursor"];
        }
        entries.Reverse();
        return entries;
    }

    /// <summary>Mostly a young one: the old ones are over.</summary>
    private static string? Pick(ConcurrentQueue<string> ids, Random random)
    {
        var all = ids.ToArray();
        return all.Length == 0 ? null : all[^random.Next(1, Math.Min(all.Length, 24) + 1)];
    }

    private sealed record Account(string Id)
    {
        public ConcurrentQueue<Call> Calls { get; } = [];
        public ConcurrentQueue<string> Holds { get; } = [];
        public ConcurrentQueue<string> Charges { get; } = [];
        public ConcurrentBag<Call> Doubtful { get; } = [];

        public void Add(Call call)
        {
            Calls.Enqueue(call);
            if (call.Reply.Status == 201 && call.Kind == "hold") Holds.Enqueue(call.Reply.Id);
            if (call.Kind is "charge" or "capture" && call.Reply.Status is 200 or 201) Charges.Enqueue(call.Reply.Id);
        }
    }
}
