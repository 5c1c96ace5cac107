using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// The work behind the commits, in bounded steps: move the log into the file, flush the tail as a run, merge runs of
/// one size, delete what merged runs left. Called under the store's write lock; blocks are made by background tasks.
/// </summary>
internal sealed class Trailer(
    SqliteStoreOptions options, Writer writer, ReaderPool readers, LedgerIndex index, Func<string, ulong> hashText,
    long nextRunId)
{
    private const int PageBytes = 4_096;

    private readonly List<RunJob> _jobs = [];
    private readonly Queue<(long From, long To)> _garbage = new(RunTable.FindUnowned(index.View, nextRunId));
    private long _nextRunId = nextRunId;
    private int _walPagesSeen;
    private volatile bool _isStopping;
    private int _checkpointAt = (int)(options.WalBytes / PageBytes);

    public bool IsIdle => _jobs.Count == 0 && _garbage.Count == 0 && !IsFlushDue;
    private bool IsFlushDue =>
        index.CurrentEntries >= options.FlushEntries || index.CurrentBytes >= options.FlushBytes;

    /// <summary>Does one step of what can be done now; false if that is nothing.</summary>
    public bool Step()
    {
        if (Checkpoint()) return true;
        if (IsFlushDue) StartFlush();
        var ready = _jobs.Where(job => job.Take(options.StepBlocks)).MinBy(job => job.IsFlush ? -1 : job.Level);
        if (ready is not null)
        {
            Advance(ready);
            return true;
        }
        return DeleteGarbage();
    }

    /// <summary>Flushes what there is, however little; false if a flush is under way or there is nothing.</summary>
    public bool StartFlush()
    {
        if (_jobs.Any(job => job.IsFlush) || index.CurrentEntries == 0) return false;
        _jobs.Add(RunJob.Flush(index.Rotate(), _nextRunId++, options, hashText, NewPace(IsFlushUrgent)));
        return true;
    }

    public bool IsFlushing => _jobs.Any(job => job.IsFlush);

    /// <summary>Completes when a background task has made all of its blocks.</summary>
    public Task WaitAsync() => Task.WhenAny(_jobs.Select(job => job.Made));

    private Pace NewPace(Func<bool> isUrgent) => new(() => index.CurrentEntries, isUrgent);

    /// <summary>The next flush comes soon, or somebody waits for this one.</summary>
    private bool IsFlushUrgent() =>
        _isStopping || index.CurrentEntries >= options.FlushEntries / 2 || index.CurrentBytes >= options.FlushBytes / 2;

    /// <summary>Runs of one size have become so many that looking through all of them costs more.</summary>
    private bool IsMergeUrgent() =>
        _isStopping || index.View.Runs.CountBy(run => run.Row.Level).Any(level => level.Value >= 2 * options.FanIn);

    /// <summary>Stops the merges and begins no more; what they have written is deleted after the next start.</summary>
    public async Task StopMergesAsync()
    {
        _isStopping = true;
        foreach (var job in _jobs.Where(job => !job.IsFlush).ToList())
        {
            await job.StopAsync();
            _jobs.Remove(job);
        }
    }

    private void Advance(RunJob job)
    {
        if (job.HasFailed)
        {
            Forget(job);
            _ = job.Result;
        }
        options.FaultPoint?.Invoke("trail-before-write");
        var isLast = job.IsLast;
        writer.Transact(() =>
        {
            RunTable.WriteBlocks(writer, job.NextBlockId, job.Pending);
            if (!isLast) return;
            RunTable.Write(writer, job.Result.Row);
            foreach (var run in job.Inputs) RunTable.Delete(writer, run.Row.Id);
        });
        options.FaultPoint?.Invoke("trail-after-write");
        job.NoteStored();
        if (isLast) Finish(job);
    }

    private void Finish(RunJob job)
    {
        _jobs.Remove(job);
        index.Publish(job.Result, job.Inputs, job.IsFlush);
        foreach (var run in job.Inputs)
            _garbage.Enqueue((Run.BlockId(run.Row.Id, 0), Run.BlockId(run.Row.Id, run.Row.Blocks)));
        StartMerges();
    }

    // A failed merge is begun again with the next run that is finished; a flush would leave a tail without a job.
    private void Forget(RunJob job)
    {
        if (job.IsFlush) throw new StoreBrokenException("the index of the last entries cannot be made", Failure(job));
        _jobs.Remove(job);
        _garbage.Enqueue((Run.BlockId(job.RunId, 0), Run.BlockId(job.RunId + 1, 0)));
    }

    private static Exception? Failure(RunJob job)
    {
        try
        {
            _ = job.Result;
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private void StartMerges()
    {
        if (_isStopping) return;
        var busy = _jobs.SelectMany(job => job.Inputs).ToHashSet();
        foreach (var level in index.View.Runs.Where(run => !busy.Contains(run)).GroupBy(run => run.Row.Level))
        {
            if (level.Count() < options.FanIn || _jobs.Any(job => !job.IsFlush && job.Level == level.Key + 1)) continue;
            // The oldest of a level are next to each other in age, and so is what they become to the level above.
            var oldest = level.OrderBy(run => run.Row.LastPosition).Take(options.FanIn);
            _jobs.Add(RunJob.Merge([.. oldest.Reverse()], _nextRunId++, options, readers, NewPace(IsMergeUrgent)));
        }
    }

    private bool DeleteGarbage()
    {
        if (!_garbage.TryPeek(out var ids)) return false;
        var deleted = 0;
        writer.Transact(() => deleted = RunTable.DeleteSome(writer, ids, options.StepBlocks));
        if (deleted < options.StepBlocks) _garbage.Dequeue();
        return true;
    }

    /// <summary>
    /// Moves the log into the file once it has grown enough. Readers may keep it from starting anew; then the next
    /// attempt waits until it has grown by a quarter more.
    /// </summary>
    private bool Checkpoint()
    {
        var pages = writer.WalPages;
        var bound = (int)(options.WalBytes / PageBytes);
        if (pages < _walPagesSeen) _checkpointAt = bound;
        _walPagesSeen = pages;
        if (pages < _checkpointAt) return false;
        writer.Checkpoint();
        _checkpointAt = pages + bound / 4;
        return true;
    }
}
