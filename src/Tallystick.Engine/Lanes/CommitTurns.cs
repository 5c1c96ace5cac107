namespace Tallystick.Engine.Lanes;

/// <summary>
/// Lets lanes commit side by side where each has enough for a commit of its own. With less so many at once take turns:
/// what comes while a lane waits goes along, and costs the store less than in a commit more. Thread-safe.
/// </summary>
/// <param name="atOnce">How many lanes with few commands commit at the same time.</param>
internal sealed class CommitTurns(int atOnce, TimeProvider time)
{
    /// <summary>So many commands need not wait for company.</summary>
    private const int Enough = 256;

    /// <summary>Longer than a commit takes: who has had it for so long may be waiting for a lock.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _inside;

    /// <summary>Completes when it is the lane's turn, which ends with <see cref="Leave"/>.</summary>
    /// <param name="commands">How many the lane has.</param>
    public Task EnterAsync(int commands)
    {
        lock (_gate)
        {
            if (commands < Enough && _inside >= atOnce) return WaitAsync();
            _inside++;
            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// Whoever waits longest has the place at once, so that a busy lane does not take it again and again.
    /// </summary>
    public void Leave()
    {
        lock (_gate)
        {
            while (_inside <= atOnce && _waiting.TryDequeue(out var turn))
                if (turn.TrySetResult()) return;
            _inside--;
        }
    }

    /// <summary>Called within the gate; what follows the first wait is not.</summary>
    private async Task WaitAsync()
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        await Task.WhenAny(turn.Task, Task.Delay(Patience, time));
        lock (_gate)
            if (turn.TrySetResult()) _inside++;
    }
}
