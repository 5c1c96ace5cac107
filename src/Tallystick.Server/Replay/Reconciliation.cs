using System.Text.Json;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Json;

namespace Tallystick.Server.Replay;

/// <summary>
/// Holds the ledger against the plan, account by account: the balance, and every kind of transaction by number and sum.
/// </summary>
/// <param name="patience">
/// For what is due and not yet entered: the last holds end a second after they were placed, and a busy server enters
/// that later.
/// </param>
internal sealed class Reconciliation(ReplayPlan plan, LedgerClient ledger, TimeSpan patience)
{
    private static readonly TimeSpan DuePause = TimeSpan.FromMilliseconds(250);
    private readonly Lock _gate = new();
    private readonly List<string> _differences = [];
    private int _reconciled;

    /// <summary>What the ledger says in all.</summary>
    public AccountSums Found { get; } = new();

    /// <summary>Accounts that differ from the plan, and in what.</summary>
    public IReadOnlyList<string> Differences => _differences;
    public int Reconciled => Volatile.Read(ref _reconciled);

    public async Task RunAsync(int atOnce, CancellationToken cancel) => await Parallel.ForEachAsync(
        plan.Accounts, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel },
        async (account, token) => await RunAsync(account, token));

    private async Task RunAsync(PlannedAccount account, CancellationToken cancel)
    {
        var (found, differences) = await CompareAsync(account, cancel);
        for (var waited = TimeSpan.Zero; differences.Count > 0 && waited < patience; waited += DuePause)
        {
            await Task.Delay(DuePause, cancel);
            (found, differences) = await CompareAsync(account, cancel);
        }
        lock (_gate)
        {
            Found.Add(found);
            _differences.AddRange(differences.Select(difference => $"{account.AccountId}: {difference}"));
        }
        Interlocked.Increment(ref _reconciled);
    }

    private async Task<(AccountSums Found, List<string> Differences)> CompareAsync(
        PlannedAccount account, CancellationToken cancel)
    {
        var found = await SumsAsync(account.AccountId, cancel);
        var differences = new List<string>();
        foreach (var kind in AccountSums.Kinds)
        {
            var (count, micros) = account.Expected[kind];
            var (hasCount, hasMicros) = found[kind];
            if (count != hasCount) differences.Add($"{count} of {kind} were planned, and {hasCount} are there");
            else if (micros != hasMicros)
                differences.Add($"{kind} should come to {new Amount(micros)}, and comes to {new Amount(hasMicros)}");
        }
        differences.AddRange(found.Strangers.Select(kind => $"nobody asked for {kind}"));
        var balance = await ReadAsync(
            LedgerCalls.Balance(account.AccountId), AnswerJson.Default.BalanceResponse, cancel);
        Compare("balance", account.Expected.Remaining, balance.Balance);
        Compare("available", account.Expected.Remaining, balance.Available);
        Compare("held", default, balance.Held);
        Compare("debt", default, balance.Debt);
        return (found, differences);

        void Compare(string what, Amount planned, Amount actual)
        {
            if (planned != actual) differences.Add($"{what} should be {planned}, and is {actual}");
        }
    }

    private async Task<AccountSums> SumsAsync(string accountId, CancellationToken cancel)
    {
        var sums = new AccountSums();
        string? cursor = null;
        do
        {
            var page = await ReadAsync(
                LedgerCalls.Transactions(accountId, cursor), AnswerJson.Default.PageTransactionResponse, cancel);
            foreach (var entry in page.Data)
                if (entry.Kind != "account_opened") sums.Add(entry.Kind, entry.Amount);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return sums;
    }

    private async Task<T> ReadAsync<T>(
        LedgerCall call, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var answer = await ledger.SendAsync(call, cancel);
        return answer.Status == StatusCodes.Status200OK
            ? JsonSerializer.Deserialize(answer.Body, type)!
            : throw new ReplayException($"{call.Path} was answered {answer}");
    }
}
