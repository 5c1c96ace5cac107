using System.Threading.Channels;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// A run in the making: a background task makes its blocks, the writer takes and stores them in steps. Blocks taken but
/// not stored stay pending, so that a failed step can be made again.
/// </summary>
internal sealed class RunJob
{
    private const int StepMin = 16;

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

    public static RunJob Flush(
        Tail tail, long runId, SqliteStoreOptions options, Func<string, ulong> hashText, Pace pace) =>
        new(runId, 0, [], 0, job =>
        {
            var items = new TailItems(tail, hashText);
            var positions = (tail.FirstPosition, tail.LastPosition);
            return job.MakeAsync(
                new(runId, 0, positions, items.FilterKeys, options.BlockBytes), items.InOrder(), pace);
        });

    public static RunJob Merge(
        IReadOnlyList<Run> newestFirst, long runId, SqliteStoreOptions options, ReaderPool readers, Pace pace) =>
        new(runId, newestFirst[0].Row.Level + 1, newestFirst, options.StepBlocks * 2, async job =>
        {
            var positions = (newestFirst[^1].Row.FirstPosition, newestFirst[0].Row.LastPosition);
            var filterKeys = newestFirst.Sum(run => run.FilterKeys);
            using var session = new ReadSession(readers);
            return await job.MakeAsync(
                new(runId, job.Level, positions, filterKeys, options.BlockBytes),
                RunMerge.Merge(newestFirst, session.Block), pace);
        });

    private async Task<Run> MakeAsync(
        RunBuilder builder, IEnumerable<(ItemKey Key, ReadOnlyMemory<byte> Value)> items, Pace pace)
    {
        foreach (var (key, value) in items)
        {
            if (builder.Add(key, value.Span) is not { } block) continue;
            await _channel.Writer.WriteAsync(block);
            await pace.StepAsync();
        }
        var (rest, run) = builder.Finish();
        foreach (var block in rest) await _channel.Writer.WriteAsync(block);
        return run;
    }

    /// <summary>
    /// Fills <see cref="Pending"/>; false when there is nothing at the moment that is worth a flush, which each step
    /// costs.
    /// </summary>
    public bool Take(int count)
    {
        while (Pending.Count < count && _channel.Reader.TryRead(out var block)) Pending.Add(block);
        return Pending.Count >= Math.Min(count, StepMin) || _build.IsCompleted;
    }

    /// <summary>The pending blocks have been stored.</summary>
    public void NoteStored()
    {
        _written += Pending.Count;
        Pending.Clear();
    }

    /// <summary>Ends, one way or the other, with the background task.</summary>
    public Task Made => _build;

    /// <summary>Ends the background task: the next block that it makes finds nowhere to go.</summary>
    public async Task StopAsync()
    {
        _channel.Writer.TryComplete();
        await ((Task)_build).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
