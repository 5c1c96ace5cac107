using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Tallystick.Server.Replay;

/// <summary>
/// Drives a server with a plan, step by step as the command shows it: accounts and grants, the calls, what was left for
/// later. Killing the server is the owner's business: a request that is cut off is sent again.
/// </summary>
internal sealed class ReplayRun(
    ReplayPlan plan, ReplayOptions options, LedgerClient ledger, ReplayTally tally, TimeProvider time)
{
    private readonly CallRunner _calls = new(plan.Name, ledger, tally);
    private int _opened;
    private ExceptionDispatchInfo? _fault;

    /// <summary>Accounts that have their grants.</summary>
    public int Opened => Volatile.Read(ref _opened);

    public int Unfinished => _calls.Unfinished;

    /// <summary>From the first step to the last answer.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>How far the replay has fallen behind the trace's own times, at most.</summary>
    public TimeSpan Behind { get; private set; }

    public async Task OpenAccountsAsync(CancellationToken cancel)
    {
        var first = await ledger.SendAsync(LedgerCalls.Balance(plan.Accounts[0].AccountId), cancel);
        if (first.Status != StatusCodes.Status404NotFound)
            throw new ReplayException(first.Status == StatusCodes.Status200OK
                ? $"{plan.Accounts[0].AccountId} is there already: give another --seed."
                : $"The server does not answer as it should: {first}");
        var now = time.GetUtcNow();
        await Parallel.ForEachAsync(plan.Accounts, AtOnce(cancel), async (account, token) =>
        {
            await RequireAsync(LedgerCalls.Account(account.AccountId), token);
            foreach (var grant in account.Grants)
                await RequireAsync(LedgerCalls.Grant(account.AccountId, grant, now), token);
            Interlocked.Increment(ref _opened);
        });
    }

    /// <summary>Begins each call at its time, or as soon as fewer than the bound are under way.</summary>
    public async Task RunCallsAsync(CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var slots = new SemaphoreSlim(options.AtOnce);
        var started = Stopwatch.GetTimestamp();
        try
        {
            foreach (var call in plan.Calls)
            {
                if (options.Speed is not null) await WaitUntilAsync(started, call.At, ending.Token);
                await slots.WaitAsync(ending.Token);
                _ = RunAsync(call, slots, ending);
            }
        }
        catch (OperationCanceledException) when (_fault is not null)
        {
            // The call that failed for good has ended the others.
        }
        for (var i = 0; i < options.AtOnce; i++) await slots.WaitAsync(CancellationToken.None);
        _fault?.Throw();
        Took = Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Requests that are sent again much later, and captures of holds that have expired.</summary>
    public async Task FinishAsync(CancellationToken cancel) => await Parallel.ForEachAsync(
        Enumerable.Range(0, options.AtOnce), AtOnce(cancel), async (_, token) =>
        {
            while (await _calls.FinishAsync(token)) { }
        });

    private async Task RunAsync(PlannedCall call, SemaphoreSlim slots, CancellationTokenSource ending)
    {
        try
        {
            await _calls.RunAsync(call, ending.Token);
        }
        catch (Exception fault)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(fault), null);
            await ending.CancelAsync();
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task WaitUntilAsync(long started, TimeSpan at, CancellationToken cancel)
    {
        var left = at - Stopwatch.GetElapsedTime(started);
        if (left > TimeSpan.Zero) await Task.Delay(left, cancel);
        else if (-left > Behind) Behind = -left;
    }

    private async Task RequireAsync(LedgerCall call, CancellationToken cancel)
    {
        var answer = await ledger.SendAsync(call, cancel);
        if (answer.Status >= StatusCodes.Status300MultipleChoices)
            throw new ReplayException($"{call.Method} {call.Path} was answered {answer}");
    }

    private ParallelOptions AtOnce(CancellationToken cancel) =>
        new() { MaxDegreeOfParallelism = options.AtOnce, CancellationToken = cancel };
}
