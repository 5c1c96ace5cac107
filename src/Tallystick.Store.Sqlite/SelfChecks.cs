using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Index;
using Tallystick.Store.Sqlite.Migrations;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// What only this store can know of itself: its file, its positions, and rows that would stand for nothing. What the
/// rows say of the books is the engine's business.
/// </summary>
internal sealed class SelfChecks(SqliteReader reader, IndexView runs)
{
    private const string StrayTexts = """
        SELECT position FROM entry_text t
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.position = t.position) LIMIT 20
        """;

    private SqliteConnection Connection => reader.Connection;

    public IEnumerable<string> Run() =>
        OfTheFile().Concat(OfTheJournal()).Concat(OfTheIndex()).Concat(OfTheAccounts()).Concat(OfTheSeals());

    private IEnumerable<string> OfTheFile()
    {
        if (Migrator.Compare(Connection) is { } difference) yield return difference;
        var clock = Connection.ScalarText("SELECT value FROM meta WHERE name = 'clock'");
        if (clock is not (SqliteStoreOptions.RealClock or SqliteStoreOptions.TestClock or null))
            yield return $"the store was made with a {clock} clock, which there is not";
        using var check = Connection.Prepare("PRAGMA integrity_check(20)");
        while (check.Step())
            if (check.Text(0) is not "ok" and var damage) yield return damage;
    }

    private IEnumerable<string> OfTheJournal()
    {
        var count = Connection.ScalarInt("SELECT count(*) FROM journal") ?? 0;
        var last = LastPosition;
        if (count != last) yield return $"the journal has {count} rows, the last at position {last}";
        using var texts = Connection.Prepare(StrayTexts);
        while (texts.Step()) yield return $"there is a text for position {texts.Int(0)}, which has no entry";
    }

    private long LastPosition => Connection.ScalarInt("SELECT max(position) FROM journal") ?? 0;

    private IEnumerable<string> OfTheIndex()
    {
        if (runs.TrailedPosition > LastPosition)
            yield return $"the index covers {runs.TrailedPosition} entries, the journal has {LastPosition}";
        if (RunTable.FindGap(runs) is { } gap) yield return gap;
        foreach (var run in runs.Runs)
            if (FindDamage(run) is { } damage) yield return damage;
    }

    private string? FindDamage(Run run)
    {
        try
        {
            var (items, entries) = (0L, 0L);
            foreach (var (key, _) in run.All(reader.Block))
            {
                items++;
                if (key.Tag == ItemTag.Entry) entries++;
            }
            var covered = run.Row.LastPosition - run.Row.FirstPosition + 1;
            return items != run.Row.Items ? $"index run {run.Row.Id} has {items} of {run.Row.Items} items"
                : entries != covered ? $"index run {run.Row.Id} has {entries} entries and covers {covered}"
                : null;
        }
        catch (Exception failure) when (failure is JournalCorruptException or BlockMissingException)
        {
            return failure.Message;
        }
    }

    /// <summary>An account that is listed must have a chain; that each chain is listed, the engine has asked.</summary>
    private IEnumerable<string> OfTheAccounts()
    {
        var recent = reader.Journal(runs.TrailedPosition).Select(row => row.Chain).ToHashSet();
        var listed = new HashSet<ChainKey>();
        using var accounts = Connection.Prepare("SELECT project, account_id, number FROM account");
        while (accounts.Step())
        {
            var chain = new ChainKey((int)accounts.Int(0), accounts.Int(2));
            if (!recent.Contains(chain) && runs.FindPosition(chain, 1, reader.Block) is null)
                yield return $"account {accounts.Text(1)} of project {chain.Project} is listed and has no journal";
            if (!listed.Add(chain))
                yield return $"account {accounts.Text(1)} of project {chain.Project} is listed under another's number";
        }
    }

    /// <summary>
    /// A seal covers what had changed up to its position, all of it and nothing else; where nothing had, a head of the
    /// seal before.
    /// </summary>
    private IEnumerable<string> OfTheSeals()
    {
        IEnumerator<(long Position, ChainKey Chain, long Sequence)>? rows = null;
        var (project, more, last, previous) = (0, false, LastPosition, (Seal?)null);
        foreach (var (seal, position) in SealTable.WithPositions(Connection))
        {
            if (rows is null || seal.Project != project)
            {
                rows?.Dispose();
                rows = Heads(project = seal.Project).GetEnumerator();
                more = rows.MoveNext();
                previous = null;
            }
            var changed = new Dictionary<ChainKey, long>();
            for (; more && rows.Current.Position <= position; more = rows.MoveNext())
                changed[rows.Current.Chain] = rows.Current.Sequence;
            if (changed.Count == 0 && previous is not null)
                changed[previous.Heads[0].Key] = previous.Heads[0].Sequence;
            previous = seal;
            var isAll = position <= last && changed.Count == seal.Heads.Count
                && seal.Heads.All(head => changed.GetValueOrDefault(head.Key) == head.Sequence);
            if (!isAll) yield return $"seal {seal.Number} of project {seal.Project} does not cover what had changed";
        }
        rows?.Dispose();
    }

    private IEnumerable<(long Position, ChainKey Chain, long Sequence)> Heads(int project)
    {
        using var rows = Connection.Prepare(
            "SELECT position, number, sequence FROM journal WHERE project = ? ORDER BY position");
        rows.Bind(1, project);
        while (rows.Step()) yield return (rows.Int(0), new(project, rows.Int(1)), rows.Int(2));
    }
}
