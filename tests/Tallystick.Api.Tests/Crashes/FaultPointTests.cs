using Tallystick.Engine.Audit;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Crashes;

/// <summary>
/// Q4: every operation × every named point of a write, each pair once. What the files hold when a write is there is
/// what a process leaves that is killed there; whoever sent the operation sends it again to a server that starts on it.
/// </summary>
public sealed class FaultPointTests : IAsyncLifetime
{
    private const string BeforeCommit = "before-commit", Filler = "filler";
    private static readonly string[] Points =
        [BeforeCommit, "after-commit-before-tail", "trail-before-write", "trail-after-write"];

    private static readonly (string Path, string Body) Grant = ("accounts/*/grants", """{"amount":"4"}""");
    private static readonly (string Path, string Body) Charge = ("charges", """{"account_id":"*","amount":"4"}""");
    private static readonly (string Path, string Body) Hold = ("holds", """{"account_id":"*","amount":"4"}""");
    private static readonly (string Path, string Body) Job = ("jobs", """{"account_id":"*","rows":3}""");

    /// <summary>
    /// What makes ready for an operation, and the operation: method, path and body, in which <c>*</c> stands for the
    /// account and <c>#</c> for the id that was made ready; whether it has a key.
    /// </summary>
    private static readonly Operation[] Operations =
    [
        new("account", null, "PUT", "accounts/*", """{"name":"changed"}""", HasKey: false),
        new("suspend", null, "POST", "accounts/*/suspend", "{}", HasKey: false),
        new("close", null, "POST", "accounts/*/close", "{}", HasKey: false),
        new("budget", null, "PUT", "budgets/b-*", """{"account_id":"*","limit":"7"}""", HasKey: false),
        new("grant", null, "POST", "accounts/*/grants", """{"amount":"5"}"""),
        new("void", Grant, "POST", "grants/#/void", """{"claw_back_used":true}""", HasKey: false),
        new("charge", null, "POST", "charges", """{"account_id":"*","amount":"3"}"""),
        new("refund", Charge, "POST", "charges/#/refund", """{"amount":"1"}"""),
        new("hold", null, "POST", "holds", """{"account_id":"*","amount":"3"}"""),
        new("part of a hold", Hold, "POST", "holds/#/capture", """{"amount":"1","final":false}"""),
        new("capture", Hold, "POST", "holds/#/capture", """{"amount":"1"}""", HasKey: false),
        new("release", Hold, "POST", "holds/#/release", "{}", HasKey: false),
        new("extend", Hold, "POST", "holds/#/extend", """{"expires_at":"2026-01-03T00:00:00Z"}""", HasKey: false),
        new("job", null, "POST", "jobs", """{"account_id":"*","rows":2}"""),
        new("complete", Job, "POST", "jobs/#/complete", "{}", HasKey: false),
        new("fail", Job, "POST", "jobs/#/fail", """{"rows_done":1}""", HasKey: false),
        new("rollback", Job, "POST", "jobs/#/rollback", "{}", HasKey: false),
        new("licence", null, "POST", "licenses", """{"account_id":"*","name":"a"}"""),
        new("usage", null, "POST", "usage/events",
            """{"account_id":"*","source":"s","id":"1","usage":{"service":"search","requests":1},"charge":false}""",
            HasKey: false),
        new("batch", null, "POST", "batch", """
            {"operations":[{"op":"charge","account_id":"*","amount":"1","idempotency_key":"b1"},
            {"op":"hold","account_id":"*","amount":"1","idempotency_key":"b2"}]}
            """, HasKey: false),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-points-").FullName;
    private readonly Lock _copying = new();
    private ApiServer _server = null!;
    private string? _armed;
    private string? _copy;
    private int _accounts;
    private int _keys;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync(TestStore.In(Path.Combine(_folder, "served"), Reached));
        (await _server.SendAsync("PUT", $"~/accounts/{Filler}")).Must(201);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_operation_that_is_cut_off_at_any_point_is_done_once_when_it_is_sent_again_Q4_I8_D5()
    {
        foreach (var operation in Operations)
            foreach (var point in Points) await TryAsync(operation, point);
    }

    private async Task TryAsync(Operation operation, string point)
    {
        var account = $"a{_accounts++}";
        (await _server.SendAsync("PUT", $"~/accounts/{account}")).Must(201);
        await PostAsync(Grant, account);
        var id = operation.Ready is { } ready ? (await PostAsync(ready, account)).Id : "";
        var path = operation.Path.Replace("*", account).Replace("#", id);
        var body = operation.Body.Replace("*", account);
        var key = operation.HasKey ? $"key-of-{account}" : null;

        Arm(point);
        var first = await _server.SendAsync(operation.Method, $"~/{path}", body, key);
        Assert.True(first.Status is 200 or 201, $"{operation.Name}: {first.Status} {first.Body}");
        for (var fillers = 0; _copy is null; fillers++)
        {
            Assert.True(fillers < 200, $"{point} was never reached");
            await PostAsync(Grant, Filler);
        }

        await using (var after = await _server.ForkAsync(TestStore.In(_copy!)))
        {
            var again = await after.SendAsync(operation.Method, $"~/{path}", body, key);
            Assert.True(again.Status is 200 or 201, $"{operation.Name} {point}: {again.Status} {again.Body}");
            // A licence is two entries, of the project and of the account, and its secret is shown once.
            if (operation.HasKey && operation.Name != "licence")
                Assert.Equal(
                    (point != BeforeCommit, first.Body!.ToJsonString()), (again.IsReplay, again.Body!.ToJsonString()));
            foreach (var shown in new[] { $"~/accounts/{account}/balance", $"~/accounts/{account}/grants" })
                Assert.Equal((await _server.GetAsync(shown)).Bytes, (await after.GetAsync(shown)).Bytes);
            var entries = $"~/accounts/{account}/transactions?limit=1000";
            Assert.Equal(
                (await _server.GetAsync(entries)).Body!["data"]!.AsArray().Count,
                (await after.GetAsync(entries)).Body!["data"]!.AsArray().Count);
        }
        MustHold(_copy!);
        Directory.Delete(_copy!, recursive: true);
    }

    private async Task<ApiReply> PostAsync((string Path, string Body) request, string account)
    {
        var (path, body) = (request.Path.Replace("*", account), request.Body.Replace("*", account));
        return (await _server.PostAsync($"~/{path}", body, $"ready-{_keys++}")).Must(201);
    }

    private void Arm(string point)
    {
        lock (_copying) (_armed, _copy) = (point, null);
    }

    /// <summary>Takes what is on the disk at the point, once: the writer waits meanwhile.</summary>
    private void Reached(string point)
    {
        lock (_copying)
        {
            if (_armed != point) return;
            var copy = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(_folder, "served"), "tally.db*"))
                if (!file.EndsWith("-shm", StringComparison.Ordinal))
                    File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            (_armed, _copy) = (null, copy);
        }
    }

    private static void MustHold(string folder)
    {
        using var audit = TestStore.OpenAudit(folder);
        var faults = new List<AuditFault>();
        StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add);
        Assert.Empty(faults);
    }

    private sealed record Operation(
        string Name, (string Path, string Body)? Ready, string Method, string Path, string Body, bool HasKey = true);
}
