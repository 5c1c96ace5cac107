using System.Globalization;
using System.Text.Json;
using Tallystick.Core.Time;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>
/// Transfers in two phases as TigerBeetle's own tests say they come out (oracle/tigerbeetle-two-phase.json). What is
/// left out is in docs/oracles.md.
/// </summary>
public abstract class TwoPhaseTests(StoreKind store)
{
    private const string File = "oracle/tigerbeetle-two-phase.json";

    public sealed class OnMemory() : TwoPhaseTests(StoreKind.Memory);
    public sealed class OnSqlite() : TwoPhaseTests(StoreKind.SqliteTiny);

    [Fact]
    public Task Every_case_that_has_a_counterpart_comes_out_as_it_says() =>
        EachAsync("cases", TwoPhaseScope.WhyNot, RunAsync);

    [Fact]
    public Task Every_sequence_that_has_a_counterpart_comes_out_step_by_step() =>
        EachAsync("sequences", TwoPhaseScope.OfSequence, RunStepsAsync);

    private async Task EachAsync(string what, Func<JsonElement, string?> whyNot, Func<JsonElement, Task> runAsync)
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.Absent);
        var (output, run) = (TestContext.Current.TestOutputHelper!, 0);
        foreach (var one in Said.Items(SharedData.Json(File), what))
        {
            var id = Said.Word(one, "id");
            if (whyNot(one) is { } reason)
            {
                Assert.Contains($"| `{reason}` |", RepositoryFile.Read("docs/oracles.md"));
                output.WriteLine($"{id} left out: {reason}");
                continue;
            }
            try
            {
                await runAsync(one);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"{id}: {fault.Message}", fault);
            }
            run++;
        }
        output.WriteLine($"{run} {what} ran");
        Assert.True(run > 0, "nothing ran");
    }

    private async Task RunAsync(JsonElement one)
    {
        var (given, when, expect) = (one.GetProperty("given"), one.GetProperty("when"), one.GetProperty("expect"));
        await using var server = await ApiServer.StartAsync(store);
        var bank = new TwoPhaseBank(server);
        var accounts = given.GetProperty("accounts");
        await PrepareAsync(server, bank, given);
        await MustBeAsync(bank, accounts);

        var status = Said.Word(expect, "status");
        Assert.Equal(Mapped(status), await bank.TransferAsync(when));
        if (expect.GetProperty("accounts").ValueKind == JsonValueKind.Object)
            accounts = expect.GetProperty("accounts");
        await MustBeAsync(bank, accounts);
        if (status == "created" && expect.TryGetProperty("stored_amount", out var amount))
            Assert.Equal(Said.Number(amount), bank.AmountOf(when.GetProperty("id").GetInt32()));
    }

    /// <summary>The accounts as they are given; the case's own transfers are among what brought them there.</summary>
    private static async Task PrepareAsync(ApiServer server, TwoPhaseBank bank, JsonElement given)
    {
        var pending = given.TryGetProperty("pending_transfer", out var one) ? one : default;
        var existing = given.TryGetProperty("existing_transfer_with_same_id", out var other) ? other : default;
        foreach (var account in given.GetProperty("accounts").EnumerateObject())
        {
            var (id, figures) = (IdOf(account.Name), account.Value);
            await bank.OpenAsync(id, mayOwe: !TwoPhaseScope.HasLimit(figures));
            var (spent, held) = Part(pending, existing, id, "debit_account_id");
            var (credited, _) = Part(pending, existing, id, "credit_account_id");
            await bank.SetAsync(
                id, TwoPhaseScope.Figure(figures, "credits_posted") - credited,
                TwoPhaseScope.Figure(figures, "debits_posted") - spent,
                TwoPhaseScope.Figure(figures, "debits_pending") - held);
        }
        if (pending.ValueKind == JsonValueKind.Object) await bank.TransferAsync(AsTransfer(pending));
        if (existing.ValueKind == JsonValueKind.Object)
            Assert.Equal("created", await bank.TransferAsync(existing));
        else if (StateOf(pending) is "posted" or "voided")
            Assert.Equal("created", await bank.TransferAsync(EndOf(pending)));
        if (pending.ValueKind == JsonValueKind.Object)
            await Wallet.MoveAsync(
                server, new(server.Clock.Now.Micros + pending.GetProperty("age_ns").GetInt64() / 1_000));
    }

    /// <summary>What of the account's figures the case's own transfers make.</summary>
    private static (decimal Posted, decimal Pending) Part(
        JsonElement pending, JsonElement existing, int account, string side)
    {
        var (posted, held) = (0m, 0m);
        if (pending.ValueKind == JsonValueKind.Object && pending.GetProperty(side).GetInt32() == account)
            switch (StateOf(pending))
            {
                case "pending": held += Said.Number(pending, "amount"); break;
                case "not_pending": posted += Said.Number(pending, "amount"); break;
                case "posted":
                    posted += Said.Number(existing.ValueKind == JsonValueKind.Object ? existing : pending, "amount");
                    break;
                default: break;
            }
        if (existing.ValueKind != JsonValueKind.Object || existing.TryGetProperty("pending_id", out _)
            || existing.GetProperty(side).GetInt32() != account) return (posted, held);
        var isPending = Said.Items(existing, "flags").Any(flag => flag.GetString() == "pending");
        var amount = Said.Number(existing, "amount");
        return isPending ? (posted, held + amount) : (posted + amount, held);
    }

    private async Task RunStepsAsync(JsonElement sequence)
    {
        await using var server = await ApiServer.StartAsync(store);
        var bank = new TwoPhaseBank(server);
        foreach (var step in Said.Items(sequence, "steps").TakeWhile(step => !TwoPhaseScope.IsLatePost(step)))
            switch (Said.Word(step, "op"))
            {
                case "account":
                    await bank.OpenAsync(step.GetProperty("id").GetInt32(), mayOwe: !Said.Items(step, "flags").Any(
                        flag => flag.GetString() == "debits_must_not_exceed_credits"));
                    break;
                case "setup":
                    await bank.SetAsync(
                        IdOf(step.GetProperty("account").ToString()), Said.Number(step, "credits_posted"),
                        Said.Number(step, "debits_posted"), Said.Number(step, "debits_pending"));
                    break;
                case "transfer":
                    Assert.Equal(Mapped(Said.Word(step, "expected")), await bank.TransferAsync(step));
                    break;
                case "tick":
                    var seconds = TimeSpan.FromSeconds((double)Said.Number(step, "value"));
                    Assert.Equal("seconds", Said.Word(step, "unit"));
                    await Wallet.MoveAsync(server, new(server.Clock.Now.Micros + seconds.Ticks / 10));
                    break;
                case "lookup_account":
                    await bank.MustHaveAsync(
                        step.GetProperty("id").GetInt32(), Said.Number(step, "credits_posted"),
                        Said.Number(step, "debits_posted"), Said.Number(step, "debits_pending"));
                    break;
                case "lookup_transfer" when step.TryGetProperty("amount", out var amount):
                    Assert.Equal(Said.Number(amount), bank.AmountOf(step.GetProperty("id").GetInt32()));
                    break;
                default: break;
            }
    }

    private static async Task MustBeAsync(TwoPhaseBank bank, JsonElement accounts)
    {
        foreach (var account in accounts.EnumerateObject())
            await bank.MustHaveAsync(
                IdOf(account.Name), TwoPhaseScope.Figure(account.Value, "credits_posted"),
                TwoPhaseScope.Figure(account.Value, "debits_posted"),
                TwoPhaseScope.Figure(account.Value, "debits_pending"));
    }

    /// <summary>A void of what has expired is answered here; that nothing moves is asserted all the same.</summary>
    private static string Mapped(string status) => status switch
    {
        "pending_transfer_expired" => "created",
        "pending_transfer_not_pending" => "pending_transfer_not_found",
        "exceeds_credits" or "exceeds_pending_transfer_amount" => "exceeds",
        _ when status.StartsWith("exists_with_different", StringComparison.Ordinal) => "exists_with_different",
        _ => status,
    };

    private static string StateOf(JsonElement pending) =>
        pending.ValueKind == JsonValueKind.Object ? Said.Word(pending, "state") : "";

    private static JsonElement AsTransfer(JsonElement pending)
    {
        var data = Said.Items(pending, "user_data").ToList();
        var flags = StateOf(pending) == "not_pending" ? "" : "\"pending\"";
        return Parsed($$"""
            {
                "id": {{pending.GetProperty("id")}}, "amount": "{{Said.Word(pending, "amount")}}",
                "debit_account_id": {{pending.GetProperty("debit_account_id")}},
                "credit_account_id": {{pending.GetProperty("credit_account_id")}},
                "timeout": {{pending.GetProperty("timeout_s")}}, "code": {{pending.GetProperty("code")}},
                "user_data_128": {{data[0]}}, "user_data_64": {{data[1]}}, "user_data_32": {{data[2]}},
                "flags": [{{flags}}]
            }
            """);
    }

    private static JsonElement EndOf(JsonElement pending)
    {
        var flag = StateOf(pending) == "posted" ? "post_pending_transfer" : "void_pending_transfer";
        return Parsed($$"""
            {"id": 999999, "amount": "MAX", "pending_id": {{pending.GetProperty("id")}}, "flags": ["{{flag}}"]}
            """);
    }

    private static JsonElement Parsed(string text) => JsonDocument.Parse(text).RootElement;

    private static int IdOf(string name) => int.Parse(name.TrimStart('A'), CultureInfo.InvariantCulture);
}
