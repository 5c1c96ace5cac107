namespace Tallystick.Simulation.Tests;

/// <summary>
/// Runs tasks one at a time on the thread that made it, and any ready one may be next: which, the seed decides.
/// </summary>
internal sealed class SeededScheduler : TaskScheduler
{
    private readonly List<Task> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile string? _entered;

    public int Ready => _entered is { } trace
        ? throw new InvalidOperationException($"a task was queued by another thread, so no run repeats: {trace}")
        : _ready.Count;

    public void Run(int which)
    {
        var task = _ready[which];
        _ready.RemoveAt(which);
        TryExecuteTask(task);
    }

    public Task Start(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread) _entered ??= Environment.StackTrace;
        else _ready.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}
