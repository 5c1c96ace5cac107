using System.Threading.Channels;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// A run in the making: a background task makes its blocks, the writer takes and stores them in steps. Blocks taken but
/// not stored stay pending, so that a failed step can be made again.
/// </summary>
internal sealed class RunJob
{
    private readonly Channel<byte[]> _channel;
    private readonly Task<Run> _build;
    private int _written;

    private RunJob(long runId, int level, IReadOnlyList<Run> inputs, int waiting, Func<RunJob, Task<Run>> build)
    {
        (RunId, Level, Inputs) = (runId, level, inputs);
        _channel = waiting == 0
            ? Channel.CreateUnbounded<byte[]>()
            : Channel.CreateBounded<byte[]>(waiting);
        _build = Task.Run(async () =>
        {
            try
            {
                return await build(this);
            }
            finally
            {
                _channel.Writer.TryComplete();
            }
        });
    }

    public long RunId { get; }
    public int Level { get; }

    /// <summary>The runs that this one takes the place of; none for a flush.</summary>
    public IReadOnlyList<Run> Inputs { get; }
    public bool IsFlush => Inputs.Count == 0;
    public List<byte[]> Pending { get; } = [];
    public long NextBlockId => Run.BlockId(RunId, _written);
    
    /// <summary>What is pending is the rest.</summary>
    public bool IsLast => _channel.Reader.Completion.IsCompleted && _build.IsCompletedSuccessfully;

    /// <summary>The finished run, once <see cref="IsLast"/>; throws what ended the task.</summary>
    public Run Result => _build.GetAwaiter().GetResult();
    public bool HasFailed => _build.IsFaulted || _build.IsCanceled;

    public static RunJob Flush(Tail tail, long runId, SqliteStoreOptions options, Func<string, ulong> hashText) =>
        new(runId, 0, [], 0, async job =>
        {
            var built = TailSorter.Build(tail, runId, options.BlockBytes, hashText);
            foreach (var block in built.Blocks) await job._channel.Writer.WriteAsync(block);
            return built.Run;
        });

    public static RunJob Merge(
        IReadOnlyList<Run> newestFirst, long runId, SqliteStoreOptions options, ReaderPool readers) =>
        new(runId, newestFirst[0].Row.Level + 1, newestFirst, options.StepBlocks * 2, async job =>
        {
            var positions = (newestFirst[^1].Row.FirstPosition, newestFirst[0].Row.LastPosition);
            var filterKeys = newestFirst.Sum(run => run.FilterKeys);
            var builder = new RunBuilder(runId, job.Level, positions, filterKeys, options.BlockBytes);
            using var session = new ReadSession(readers);
            foreach (var (key, value) in RunMerge.Merge(newestFirst, session.Block))
                if (builder.Add(key, value.Span) is { } block)
                    await job._channel.Writer.WriteAsync(block);
            var (rest, run) = builder.Finish();
            foreach (var block in rest) await job._channel.Writer.WriteAsync(block);
            return run;
        });

    /// <summary>Fills <see cref="Pending"/>; false when there is nothing to store at the moment.</summary>
    public bool Take(int count)
    {
        while (Pending.Count < count && _channel.Reader.TryRead(out var block)) Pending.Add(block);
        return Pending.Count > 0 || _build.IsCompleted;
    }

    /// <summary>The pending blocks have been stored.</summary>
    public void NoteStored()
    {
        _written += Pending.Count;
        Pending.Clear();
    }

    /// <summary>Completes when there may be something to take.</summary>
    public Task WaitAsync(CancellationToken cancel) => _channel.Reader.WaitToReadAsync(cancel).AsTask();

    /// <summary>Ends the background task: the next block that it makes finds nowhere to go.</summary>
    public async Task StopAsync()
    {
        _channel.Writer.TryComplete();
        await ((Task)_build).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
