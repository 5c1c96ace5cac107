using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests.Import;

/// <summary><c>tally import</c> as whoever moves meets it.</summary>
public sealed class ImportCommandTests(ImportFixture fixture) : IDisposable
{
    private const int Accounts = 120, RowsEach = 40;

    private static readonly string Many = $"""
        INSERT INTO credit_accounts SELECT 'a-' || i, 0, {RowsEach}, {RowsEach}, now()
            FROM generate_series(1, {Accounts}) i;
        INSERT INTO credit_ledger
            SELECT 'a-' || i, 1, j, 'purchase', NULL, 'o-' || j, NULL, now() + j * interval '1s'
            FROM generate_series(1, {Accounts}) i, generate_series(1, {RowsEach}) j;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-import-").FullName;
    private string Data => Path.Combine(_folder, "data");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_import_killed_again_and_again_goes_on_and_brings_each_row_once_K1_I40(bool isPostgres)
    {
        var source = await fixture.SourceAsync(OldSystems.Tables000, Many);
        var target = isPostgres ? await fixture.DatabaseAsync() : null;
        var kills = 0;
        for (var bound = 500L; bound < 4_500; bound += 1_000)
            if (await KillAtAsync(source, target, bound)) kills++;

        var last = await RunAsync(source, target);

        Assert.True(kills >= 2, $"only {kills} of the runs were still under way when they were to be killed");
        Assert.True(last.Code == 0, last.Output + last.Errors);
        Assert.Contains("Everything reconciles.", last.Output);
        using (var audit = Open(target))
        {
            var faults = new List<AuditFault>();
            StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add);
            Assert.Empty(faults);
            var bodies = audit.ReadJournal(ChainRange.All).Select(row => EntryCodec.Decode(row.Bytes).Body).ToList();
            Assert.Equal(Accounts * RowsEach, bodies.OfType<EntryBody.HistoryImported>().Count());
            Assert.Equal(
                Enumerable.Repeat((RowsEach, (long)RowsEach), Accounts),
                bodies.OfType<EntryBody.BalanceImported>().Select(
                    body => ((int)body.Rows, body.Sum.Micros / 1_000_000)));
        }
        var again = await RunAsync(source, target);
        Assert.Equal(0, again.Code);
        Assert.Contains($"unchanged     {Accounts}", again.Output);
        Assert.Contains("0 of them new", again.Output);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_writes_nothing_I40()
    {
        var source = await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Sound000);
        var first = await RunAsync(source, null, "--dry-run");
        Assert.True(first.Code == 0, first.Output + first.Errors);
        Assert.Contains("A dry run: nothing was written.", first.Output);
        Assert.False(Directory.Exists(Data));

        var written = await RunAsync(source, null);
        Assert.Equal(
            first.Output.Replace("A dry run: nothing was written.\n", "", StringComparison.Ordinal), written.Output);
        var digest = await Tally.RunAsync("digest", "--data", Data);
        var second = await RunAsync(source, null, "--dry-run");

        Assert.Contains("unchanged", second.Output);
        Assert.DoesNotContain("imported  ", second.Output);
        Assert.Equal(digest.Output, (await Tally.RunAsync("digest", "--data", Data)).Output);
    }

    [Fact]
    public async Task The_report_is_there_for_programs_and_its_exit_code_says_whether_everything_reconciles()
    {
        var source = await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Broken000);

        var result = await RunAsync(source, null, "--json");

        Assert.Equal(5, result.Code);
        var lines = result.Output.Trim().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        var doubled = lines.Single(line => (string?)line["account_id"] == "doubled");
        Assert.Equal(("6.000000", false), ((string)doubled["new_balance"]!, (bool)doubled["reconciles"]!));
        Assert.Equal("double_deduction", (string)doubled["findings"]![0]!["kind"]!);
        var totals = lines[^1];
        Assert.Equal(
            ("totals", 6, 5, "2.000000"),
            ((string)totals["type"]!, (int)totals["accounts"]!, (int)totals["unreconciled_accounts"]!,
                (string)totals["by_finding"]!["double_deduction"]!["amount"]!));
        var people = await RunAsync(source, null);
        Assert.Equal(5, people.Code);
        Assert.Contains("  double_deduction 2.000000: m-7 was charged 2 times: rows ", people.Output);
        Assert.Contains("5 of 6 accounts do not reconcile.", people.Output);
    }

    [Fact]
    public async Task The_page_on_importing_shows_what_appears()
    {
        var page = RepositoryFile.Read("docs/importing.md");
        var command = page.IndexOf("$ tally import", StringComparison.Ordinal);
        var begin = page.IndexOf('\n', command) + 1;
        var shown = page[begin..page.IndexOf("$ echo", begin, StringComparison.Ordinal)];

        var result = await RunAsync(await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Shown000), null);

        Assert.Equal(shown, result.Output);
        Assert.Equal(5, result.Code);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_without_the_password_and_nothing_is_made()
    {
        var away = await Tally.RunAsync(
            "import", "postgres", "--layout", "000", "--data", Data, "--dry-run",
            "--from", "Host=127.0.0.1;Port=1;Username=u;Password=very-secret-word");
        Assert.Equal(3, away.Code);
        Assert.StartsWith("--from cannot be read: ", away.Errors);
        Assert.DoesNotContain("very-secret-word", away.Output + away.Errors);

        var source = await fixture.SourceAsync("CREATE TABLE credit_accounts (a int)");
        var other = await RunAsync(source, null, "--dry-run");
        Assert.Equal((3, "the table credit_accounts has no column account_id"), (other.Code, other.Errors.Trim()));
        Assert.Equal(2, (await Tally.RunAsync("import", "postgres", "--from", "x", "--layout", "004")).Code);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task A_table_that_may_not_be_read_is_named()
    {
        var source = await fixture.SourceAsync(
            OldSystems.Tables000,
            "CREATE ROLE half_reader LOGIN; GRANT SELECT ON credit_accounts TO half_reader");
        var reader = new Npgsql.NpgsqlConnectionStringBuilder(source) { Username = "half_reader" }.ConnectionString;

        var refused = await RunAsync(reader, null, "--dry-run");

        Assert.Equal(3, refused.Code);
        Assert.StartsWith("credit_ledger cannot be read: ", refused.Errors);
        Assert.DoesNotContain("   at ", refused.Errors);
    }

    [Fact]
    public async Task A_row_that_cannot_be_kept_refuses_its_account_and_the_others_go_on()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40);
        var source = await fixture.SourceAsync(
            OldSystems.Tables000.Replace("metadata jsonb", "metadata json", StringComparison.Ordinal),
            OldSystems.Sound000,
            $$"""
            INSERT INTO credit_accounts VALUES ('deep', 0, 1, 1, now()), ('half', 0, 1, 1, now());
            INSERT INTO credit_ledger VALUES
                ('deep', 1, 1, 'purchase', NULL, 'd-1', '{{deep}}', '2025-11-01T10:00:00Z'),
                ('half', 1, 1, 'purchase', NULL, 'h-1', '{"preview":"\ud83d"}', '2025-11-01T10:00:00Z');
            """);
        var result = await RunAsync(source, null);
        Assert.True(result.Code == 5, result.Errors);
        Assert.Contains("half of a character", result.Output);
        Assert.Contains("1 of 5 accounts do not reconcile", result.Output);
        await using (var server = await TallyServer.StartAsync(Data))
        {
            var rows = await server.Http.GetStringAsync("/api/v1/accounts/deep/transactions");
            Assert.Contains("imported_columns", rows);
        }

        var jobs = await fixture.SourceAsync(OldSystems.Tables002, OldSystems.Sound002, """
            ALTER TABLE jobs RENAME TO jobs_there;
            CREATE VIEW jobs AS SELECT * FROM jobs_there UNION ALL SELECT * FROM jobs_there;
            """);
        var twice = await Tally.RunAsync(Arguments(jobs, null, "002", "--dry-run"));
        Assert.True(twice.Code == 5, twice.Errors);
        Assert.Contains("is in jobs more than once", twice.Output);
    }

    [Fact]
    public async Task A_server_shows_the_history_refunds_what_has_a_split_and_ends_the_jobs_that_came_over()
    {
        Assert.Equal(0, (await RunAsync(
            await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Sound000), null)).Code);
        var jobs = await Tally.RunAsync(Arguments(
            await fixture.SourceAsync(OldSystems.Tables002, OldSystems.Sound002), null, "002", "--json"));
        Assert.True(jobs.Code == 0, jobs.Output + jobs.Errors);
        var moved = JsonNode.Parse(jobs.Output.Split('\n')[0])!["jobs"]![0]!;
        Assert.Equal("10000000-0000-0000-0000-000000000001", (string)moved["reference_id"]!);
        await using (var server = await TallyServer.StartAsync(Data))
        {
            var page = await GetAsync(server, "/api/v1/accounts/acme/transactions?kind=history_imported");
            var rows = page["data"]!.AsArray();
            Assert.Equal(4, rows.Count);
            var (usage, unsplit) = (rows[2]!, rows[1]!);
            Assert.Equal("0.000000", (string)usage["balance_change"]!);
            Assert.Equal(
                ("credit_ledger", "2025-11-02T10:00:00Z", "usage", "-6.500000", "23.500000", "small usage"),
                ((string)usage["imported"]!["table"]!, (string)usage["imported"]!["occurred_at"]!,
                    (string)usage["imported"]!["type"]!, (string)usage["imported"]!["amount"]!,
                    (string)usage["imported"]!["balance_after"]!, (string)usage["description"]!));

            // What the history took is issued and used in one entry: no report sees it.
            var days = (await GetAsync(server, "/api/v1/usage/balances?account_id=acme"))["data"]!.AsArray();
            Assert.Equal("21.500000", (string)days.Single(day => (string)day!["granted"]! != "0.000000")!["granted"]!);
            Assert.All(days, day => Assert.Equal("0.000000", (string)day!["consumed"]!));
            Assert.Equal("21.500000", (string)days[^1]!["balance"]!);

            var (status, refund) = await PostAsync(
                server, $"/api/v1/charges/{usage["subject_id"]}/refund", """{"amount":"6.5"}""");
            Assert.Equal((201, "28.000000"), (status, (string)refund["balance_after"]!));
            Assert.Equal(
                ["non_expiring 1.500000", "expiring 5.000000"],
                refund["breakdown"]!.AsArray().Select(leg => $"{leg!["bucket"]} {leg["amount"]}"));
            var (refused, problem) = await PostAsync(server, $"/api/v1/charges/{unsplit["subject_id"]}/refund", "{}");
            Assert.Equal((409, "conflict"), (refused, (string)problem["code"]!));
            var charge = await GetAsync(server, $"/api/v1/charges/{usage["subject_id"]}");
            Assert.Equal(("6.500000", "0.000000"), ((string)charge["refunded"]!, (string)charge["refundable"]!));

            var hold = await GetAsync(server, $"/api/v1/holds/{moved["hold_id"]}");
            Assert.Equal(
                ["monthly 500.000000", "addon 1500.000000"],
                hold["breakdown"]!.AsArray().Select(leg => $"{leg!["bucket"]} {leg["amount"]}"));
            var (ended, job) = await PostAsync(server, $"/api/v1/jobs/{moved["job_id"]}/fail", "{}");
            Assert.True(ended == 200, job.ToJsonString());
            var balance = await GetAsync(server, $"/api/v1/accounts/{OldSystems.Ada}/balance");
            Assert.Equal("5500.000000", (string)balance["available"]!);
        }
        var verified = await Tally.RunAsync("verify", "--data", Data);
        Assert.True(verified.Code == 0, verified.Output);
        var export = Path.Combine(_folder, "books.ndjson");
        Assert.Equal(0, (await Tally.RunAsync("export", "--data", Data, "--out", export)).Code);
        Assert.Equal(0, (await Tally.PythonAsync(export)).Code);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CommandResult> RunAsync(string source, string? target, params string[] more) =>
        Tally.RunAsync(Arguments(source, target, "000", more));

    private string[] Arguments(string source, string? target, string layout, params string[] more) =>
    [
        "import", "postgres", "--from", source, "--layout", layout,
        .. target is null ? ["--data", Data] : (string[])["--postgres", target, "--pepper-file", PepperFile()], .. more,
    ];

    private string PepperFile()
    {
        var path = Path.Combine(_folder, "pepper");
        if (!File.Exists(path)) File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)7, 32)]);
        return path;
    }

    /// <summary>Kills it as soon as the journal has so many entries. False where it had ended by then.</summary>
    private async Task<bool> KillAtAsync(string source, string? target, long entries)
    {
        var start = new ProcessStartInfo(Tally.Program, Arguments(source, target, "000"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Tally.Forget(start.Environment);
        using var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        while (!process.HasExited && Count(target) < entries) await Task.Delay(5);
        var isUnderWay = !process.HasExited;
        process.Kill();
        await process.WaitForExitAsync();
        return isUnderWay && process.ExitCode != 0;
    }

    private long Count(string? target)
    {
        try
        {
            using var audit = Open(target);
            return audit.CountEntries();
        }
        catch (Exception fault) when (fault is StoreRefusedException or StoreUnavailableException)
        {
            return 0;
        }
    }

    private IStoreAudit Open(string? target) => target is null
        ? SqliteAudit.Open(Data)
        : PostgresAudit.Open(new() { Connection = target });

    private static async Task<JsonNode> GetAsync(TallyServer server, string path) =>
        (await server.Http.GetFromJsonAsync<JsonNode>(path))!;

    private static async Task<(int Status, JsonNode Body)> PostAsync(TallyServer server, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await server.Http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
