using System.Globalization;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Replay;

/// <summary>One replay from beginning to end, with what it shows and prints.</summary>
internal sealed class ReplaySession
{
    private static readonly TimeSpan DueMax = TimeSpan.FromSeconds(15);
    private readonly ReplayOptions _options;
    private readonly OwnServer? _own;
    private readonly string _key;
    private readonly Uri? _url;
    private readonly ReplayPlan _plan;
    private readonly ReplayTally _tally = new();
    private readonly ProgressView _progress = new(TimeProvider.System);
    private readonly ReplayReport _report = new(Console.Out);

    public ReplaySession(ReplayOptions options, OwnServer? own, Uri? url, string? key)
    {
        (_options, _own, _url) = (options, own, url);
        _key = own?.Key ?? key!;
        _plan = Planner.Make(options);
    }

    /// <summary>True if everything was answered as it must be and reconciles.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        // Twins need a connection each.
        using var ledger = new LedgerClient(Address, _key, _options.AtOnce * 2, TimeProvider.System);
        var run = new ReplayRun(_plan, _options, ledger, _tally, TimeProvider.System);
        _report.Begin(_options, _plan, ServerInWords());

        await _progress.ShowAsync(
            "Opening accounts", _plan.Accounts.Count, () => run.Opened, () => "", run.OpenAccountsAsync(cancel));
        await _progress.ShowAsync("Replaying", _plan.Calls.Count, () => _tally.Calls, Note, CallsAsync(run, cancel));
        await _progress.ShowAsync("Finishing", 1, () => 0, () => $"{run.Unfinished:N0} left", run.FinishAsync(cancel));
        _report.Speed(_tally, run);
        _report.Disturbances(_tally, ledger, _own);
        if (_tally.FaultCount > 0)
        {
            _report.Faults(_tally);
            return false;
        }
        var reconciliation = new Reconciliation(_plan, ledger, DueMax);
        await _progress.ShowAsync(
            "Reconciling", _plan.Accounts.Count, () => reconciliation.Reconciled, () => "",
            reconciliation.RunAsync(_options.AtOnce, cancel));
        _report.Reconciled(_plan, reconciliation);
        return reconciliation.Differences.Count == 0;
    }

    private async Task CallsAsync(ReplayRun run, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var due = new SemaphoreSlim(0);
        if (_options.KillEvery > 0)
            _tally.Answered = count => { if (count % _options.KillEvery == 0) due.Release(); };
        var killing = KillAsync(due, ending.Token);
        try
        {
            await run.RunCallsAsync(cancel);
        }
        finally
        {
            _tally.Answered = null;
            await ending.CancelAsync();
            await killing;
        }
    }

    /// <summary>Kills the server whenever that is due; one that has begun to start is let.</summary>
    private async Task KillAsync(SemaphoreSlim due, CancellationToken cancel)
    {
        while (_own is not null && _options.KillEvery > 0)
        {
            await due.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancel.IsCancellationRequested) return;
            await _own.KillAndStartAsync(CancellationToken.None);
        }
    }

    private Uri Address() => _own?.Address ?? _url!;

    private string Note()
    {
        var all = _tally.AllLatencies();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_tally.Answers:N0} answers, 99 % within {all.Permille(990).TotalMilliseconds:0.0} ms");
    }

    private string ServerInWords()
    {
        if (_own is null) return _url!.ToString();
        var kills = _options.KillEvery == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $", killed every {_options.KillEvery:N0} operations");
        return $"{_own.Address}, store in {_own.Folder}{kills}";
    }
}
