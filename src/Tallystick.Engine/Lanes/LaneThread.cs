namespace Tallystick.Engine.Lanes;

/// <summary>
/// A thread for one lane, on which all of it runs: a lane that blocks while the disk flushes keeps no thread of the
/// pool from the requests meanwhile, and does not wait behind them for one.
/// </summary>
internal sealed class LaneThread : TaskScheduler
{
    private readonly Queue<Task> _tasks = new();
    private readonly Thread _thread;
    private bool _isOver;

    private LaneThread() => _thread = new(Run) { IsBackground = true, Name = "Lane" };

    /// <summary>Runs the lane; the thread ends with it.</summary>
    public static Task RunAsync(Func<Task> lane)
    {
        var thread = new LaneThread();
        var running = Task.Factory.StartNew(lane, CancellationToken.None, TaskCreationOptions.None, thread).Unwrap();
        running.ContinueWith(
            _ => thread.End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, Default);
        thread._thread.Start();
        return running;
    }

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            if (!_isOver)
            {
                _tasks.Enqueue(task);
                Monitor.Pulse(_tasks);
                return;
            }
        }
        // What nobody waits for any more.
        ThreadPool.UnsafeQueueUserWorkItem(late => TryExecuteTask(late), task, preferLocal: false);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Thread.CurrentThread == _thread && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks) return [.. _tasks];
    }

    private void Run()
    {
        while (Take() is { } task) TryExecuteTask(task);
    }

    private Task? Take()
    {
        lock (_tasks)
        {
            while (_tasks.Count == 0 && !_isOver) Monitor.Wait(_tasks);
            return _tasks.TryDequeue(out var task) ? task : null;
        }
    }

    private void End()
    {
        lock (_tasks)
        {
            _isOver = true;
            Monitor.Pulse(_tasks);
        }
    }
}
