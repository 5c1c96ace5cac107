using System.Globalization;
using System.Text.Json.Nodes;

namespace Tallystick.Api.Tests.Reports;

/// <summary>
/// A project in which random things have happened over months: charges, holds, events that come late, refunds, grants
/// that expire. What happened is read back from the journal, entry by entry.
/// </summary>
internal sealed class ReportBooks(ApiServer server, Random random)
{
    public static readonly string[] Accounts = ["a", "b", "c", "d"];
    private static readonly string[] Models = ["large", "small", "free"];
    private static readonly string[] Teams = ["red", "blue", "=1+1", "a,\"b\""];
    private readonly Dictionary<string, DateTimeOffset> _occurred = [];
    private readonly Dictionary<string, string> _refundOf = [];
    private readonly List<string> _charges = [];
    private readonly List<string> _holds = [];
    private readonly List<(string Account, JsonNode Node)> _corrections = [];
    private const int AttemptsMax = 200;
    private int _next;

    public List<BookedEntry> Entries { get; } = [];
    public DateTimeOffset Now => server.Clock.Now.ToDateTimeOffset();

    public async Task OpenAsync()
    {
        const string Prices = """
            {"prices":[
            {"model":"large","provider":"acme","rates":{"input":"300","output":"1500"},"markup":{"percent":"10"}},
            {"model":"small","rates":{"input":"3","output":"15"}},{"model":"free","rates":{"input":"0","output":"0"}}]}
            """;
        await SendAsync("PUT", "~/prices", Prices, server.Admin);
        await SendAsync("PATCH", "~/project", """{"report_keys":["team"]}""", server.Admin);
        await SendAsync(
            "PUT", "~/tiers/free", """{"free_tier":{"requests":9,"tokens":30000,"models":["l*"]}}""", server.Admin);
        foreach (var account in Accounts)
        {
            var tier = account == Accounts[0] ? ",\"tier\":\"free\"" : "";
            await SendAsync(
                "PUT", $"~/accounts/{account}", $$"""{"time_zone":"America/New_York"{{tier}}}""");
            await GrantAsync(account);
        }
    }

    public async Task HappenAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var account = Accounts[random.Next(Accounts.Length)];
            await (random.Next(14) switch
            {
                0 => GrantAsync(account),
                1 or 2 => SpendAsync(account, $"\"amount\":\"{random.Next(1, 5)}.{random.Next(10, 99)}\""),
                3 or 4 => SpendAsync(account, Usage()),
                5 => HoldAsync(account),
                6 => CaptureAsync(),
                7 or 8 => EventAsync(account),
                9 or 10 => RefundAsync(),
                11 when random.Next(4) == 0 => CorrectAsync(),
                _ => AdvanceAsync(),
            });
        }
    }

    /// <summary>Reads all journals, and of each entry what reports count.</summary>
    public async Task ReadAsync()
    {
        Entries.Clear();
        _corrections.Clear();
        foreach (var account in Accounts)
        {
            var cursor = "";
            do
            {
                var page = (await server.GetAsync($"~/accounts/{account}/transactions?limit=1000{cursor}")).Must(200);
                Entries.AddRange(page.Data.Select(entry => Read(account, entry)));
                cursor = page.Body!["next_cursor"] is { } next ? $"&cursor={next}" : "";
            }
            while (cursor.Length > 0);
        }
        foreach (var (account, correction) in _corrections.OrderBy(one => (long)one.Node["sequence"]!))
            Correct(account, correction);
        var charges = Entries.Where(entry => entry.Subject.StartsWith("chg_", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Subject);
        foreach (var refund in Entries.Where(entry => entry.Kind == "refund").ToList())
        {
            var charge = charges[_refundOf[refund.Subject]];
            Entries[Entries.IndexOf(refund)] = refund with
            {
                Model = charge.Model, Service = charge.Service, Team = charge.Team,
            };
        }
    }

    private BookedEntry Read(string account, JsonNode entry)
    {
        var (usage, kind) = (entry["usage"], (string)entry["kind"]!);
        if (kind == "correction") _corrections.Add((account, entry));
        var recorded = DateTimeOffset.Parse((string)entry["created_at"]!, CultureInfo.InvariantCulture);
        var isCharge = kind is "charge" or "capture" or "usage";
        var isMetered = kind == "usage" && entry["subject_id"] is null;
        return new()
        {
            // A correction counts with its charge.
            Account = account, Kind = kind, Recorded = recorded,
            Subject = kind == "correction" ? "" : (string?)entry["subject_id"] ?? "",
            Used = kind == "usage" ? _occurred[(string)entry["metadata"]!["event"]!] : recorded,
            Model = (string?)usage?["model"],
            Service = (string?)usage?["service"] ?? (string?)usage?["provider"],
            Team = (string?)entry["metadata"]?["team"],
            IsEvent = isCharge && !(kind == "capture" && Micros(entry["amount"]) == 0 && usage is null),
            Tokens = isCharge ? (long?)usage?["input_tokens"] ?? 0L : 0,
            Output = isCharge ? (long?)usage?["output_tokens"] ?? 0L : 0,
            Charged = isCharge ? Micros(entry["amount"]) : 0,
            Provider = isCharge && !isMetered ? Micros(entry["cost"]?["provider_cost"]) : 0,
            Refunded = kind == "refund" ? Micros(entry["amount"]) : 0,
            Standing = isCharge ? Micros(entry["amount"]) : 0,
            BalanceChange = Micros(entry["balance_change"]),
            BalanceAfter = Micros(entry["balance_after"]),
        };
    }

    public static long Micros(JsonNode? amount) =>
        amount is null ? 0 : (long)(decimal.Parse((string)amount!, CultureInfo.InvariantCulture) * 1_000_000);

    private Task GrantAsync(string account)
    {
        var expiry = random.Next(2) == 0 ? "" : $",\"expires_at\":\"{Now.AddDays(random.Next(1, 20)):O}\"";
        return SendAsync(
            "POST", $"~/accounts/{account}/grants", $$"""{"amount":"{{random.Next(5, 60)}}"{{expiry}}}""");
    }

    private async Task SpendAsync(string account, string what) => Note(await SendAsync(
        "POST", "~/charges", $$"""{"account_id":"{{account}}",{{what}},"metadata":{{Metadata()}}}"""));

    private async Task HoldAsync(string account)
    {
        var hold = await SendAsync(
            "POST", "~/holds", $$"""{"account_id":"{{account}}","amount":"2","expires_in":86400}""");
        if (hold.Status == 201) _holds.Add(hold.Id);
    }

    private async Task CaptureAsync()
    {
        if (_holds.Count == 0) return;
        var hold = _holds[random.Next(_holds.Count)];
        var what = random.Next(3) switch { 0 => "\"amount\":\"0\"", 1 => "\"amount\":\"1.5\"", _ => Usage() };
        var final = random.Next(2) == 0 ? "true" : "false";
        Note(await SendAsync("POST", $"~/holds/{hold}/capture", $$"""{{{what}},"final":{{final}}}"""));
    }

    private async Task EventAsync(string account)
    {
        var occurred = Now.AddMinutes(-random.Next(0, 60 * 24 * 5));
        var name = $"e{_next++}";
        _occurred[name] = occurred;
        var charge = random.Next(4) > 0 ? "true" : "false";
        var result = await SendAsync("POST", "~/usage/events", $$"""
            {"id":"{{name}}","account_id":"{{account}}","occurred_at":"{{occurred:O}}",{{Usage()}},"charge":{{charge}},
            "metadata":{"event":"{{name}}","team":"{{Teams[1]}}"} }
            """);
        if ((string?)result.Body!["results"]![0]!["charge_id"] is { } id) _charges.Add(id);
    }

    private async Task RefundAsync()
    {
        if (_charges.Count == 0) return;
        var charge = _charges[random.Next(_charges.Count)];
        var amount = random.Next(2) == 0 ? "{}" : """{"amount":"0.000700"}""";
        var refund = await SendAsync("POST", $"~/charges/{charge}/refund", amount);
        if (refund.Status == 201) _refundOf[refund.Id] = charge;
    }

    /// <summary>Other prices, from the beginning, and then everything that they are for again.</summary>
    private async Task CorrectAsync()
    {
        var rate = random.Next(0, 600);
        await SendAsync("PUT", "~/prices", $$"""
            {"prices":[{"model":"large","provider":"acme","effective_from":"2025-01-01T00:00:00Z",
            "rates":{"input":"{{rate}}","output":"{{rate * 3}}"},"markup":{"percent":"{{random.Next(30)}}"} },
            {"model":"free","effective_from":"2025-01-01T00:00:00Z",
            "rates":{"input":"{{random.Next(2) * 7}}","output":"0"} }]}
            """, server.Admin);
        var from = Now.AddDays(-random.Next(1, 40));
        await SendAsync(
            "POST", "~/rerate", $$"""{"from":"{{from:O}}","to":"{{Now.AddMinutes(5):O}}"}""", server.Admin);
    }

    /// <summary>What a correction makes of its charge, which is where it counts.</summary>
    private void Correct(string account, JsonNode correction)
    {
        var place = Entries.FindIndex(
            entry => entry.Account == account && entry.Subject == (string)correction["subject_id"]!);
        var (charge, total) = (Entries[place], Micros(correction["cost"]!["total_cost"]));
        var moved = Micros(correction["amount"]);
        Entries[place] = charge with
        {
            Charged = charge.Charged + (total > charge.Standing ? moved : -moved), Standing = total,
            Provider = Micros(correction["cost"]!["provider_cost"]),
        };
    }

    private Task AdvanceAsync() => SendAsync(
        "POST", "~/test-clock/advance", $$"""{"to":"{{Now.AddMinutes(random.Next(1, 60 * 30)):O}}"}""", server.Admin);

    private string Usage()
    {
        var service = random.Next(3) == 0 ? ",\"service\":\"chat\"" : "";
        var model = Models[random.Next(Models.Length)];
        var tokens = $"\"input_tokens\":{random.Next(0, 5_000)},\"output_tokens\":{random.Next(0, 900)}";
        return $$"""
            "usage":{"model":"{{model}}"{{service}},{{tokens}}}
            """;
    }

    private string Metadata()
    {
        if (random.Next(4) == 0) return "{}";
        return new JsonObject { ["team"] = Teams[random.Next(Teams.Length)] }.ToJsonString();
    }

    private void Note(ApiReply reply)
    {
        if (reply.Status < 300) _charges.Add(reply["charge_id"].Length > 0 ? reply["charge_id"] : reply.Id);
    }

    private async Task<ApiReply> SendAsync(string method, string path, string body, HttpClient? client = null)
    {
        var key = $"k{_next++}";
        var reply = await server.SendAsync(method, path, body, key, client);
        // A store with tiny bounds is behind after many corrections at once: it is asked again, as it says.
        for (var attempt = 0; reply.Status == 503 && attempt < AttemptsMax; attempt++)
        {
            await Task.Delay(100);
            reply = await server.SendAsync(method, path, body, key, client);
        }
        if (reply.Status >= 500) reply.Must(200);
        return reply;
    }
}
