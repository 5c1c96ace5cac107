using System.Diagnostics;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// A request that waits for its turn, and whoever waits for the answer. Without a request it only marks a place.
/// </summary>
internal sealed class Ticket(LedgerRequest? request)
{
    // Answers continue on the pool: a lane never runs its callers' code.
    private readonly TaskCompletionSource<Reply> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LedgerRequest? Request { get; } = request;

    /// <summary>When it was enqueued, by the stopwatch.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();
    public Steps? Steps => Request?.Steps;
    public Task<Reply> Answer => _answer.Task;
    public void Pass() => _answer.TrySetResult(null!);
    public void Reply(Reply reply) => _answer.TrySetResult(reply);
    public void Fail(Exception fault) => _answer.TrySetException(fault);
}
