using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// Which heads have changed since each project's last seal. Noted under the store's write lock; what had changed before
/// the store was opened is read from the journal when the first seal is made.
/// </summary>
internal sealed class SealKeeper(long openedAtPosition)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Dictionary<ChainKey, ChainHead>> _changed = [];
    private readonly HashSet<int> _isComplete = [];

    public void NoteCommit(IReadOnlyList<ChainChange> batch)
    {
        lock (_lock)
        {
            // Most batches are of one project.
            var (project, heads) = (0, (Dictionary<ChainKey, ChainHead>?)null);
            for (var i = 0; i < batch.Count; i++)
            {
                var (chain, state) = (batch[i].Key, batch[i].State);
                if (heads is null || project != chain.Project)
                    (project, heads) = (chain.Project, HeadsOf(chain.Project));
                heads[chain] = new(state.Sequence, state.Head);
            }
        }
    }

    /// <summary>Adds what changed after the last seal and before the store was opened. Once per project.</summary>
    public void Complete(int project, long sealedPosition, SqliteConnection connection)
    {
        lock (_lock)
            if (_isComplete.Contains(project)) return;
        var older = new Dictionary<ChainKey, ChainHead>();
        using var rows = connection.Prepare("""
            SELECT number, sequence, hash FROM journal
            WHERE position > ? AND position <= ? AND project = ? ORDER BY position
            """);
        rows.Bind(1, sealedPosition);
        rows.Bind(2, openedAtPosition);
        rows.Bind(3, project);
        while (rows.Step()) older[new(project, rows.Int(0))] = new(rows.Int(1), rows.Blob(2));
        PutBack(project, older);
        lock (_lock) _isComplete.Add(project);
    }

    public Dictionary<ChainKey, ChainHead> Take(int project)
    {
        lock (_lock) return _changed.Remove(project, out var heads) ? heads : [];
    }

    /// <summary>Adds heads that are older than what has been noted.</summary>
    public void PutBack(int project, Dictionary<ChainKey, ChainHead> heads)
    {
        lock (_lock)
        {
            var present = HeadsOf(project);
            foreach (var (chain, head) in heads) present.TryAdd(chain, head);
        }
    }

    private Dictionary<ChainKey, ChainHead> HeadsOf(int project)
    {
        if (!_changed.TryGetValue(project, out var heads)) _changed.Add(project, heads = []);
        return heads;
    }
}
