using System.Globalization;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite;

public sealed partial class SqliteLedgerStore
{
    private const string SelectAccounts =
        "SELECT account_id FROM account WHERE project = ? AND account_id > ? ORDER BY account_id LIMIT ?";

    private const string SelectTour =
        "SELECT project, account_id, number FROM account WHERE (project, account_id) > (?, ?) "
        + "ORDER BY project, account_id LIMIT ?";

    private const int TourStep = 500;

    public ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel)
    {
        var commitsBefore = _sequences.Commits;
        var state = _index.LoadState(chain);
        _sequences.NoteLoad(chain, state?.Sequence ?? 0, commitsBefore);
        return new(state);
    }

    public ValueTask<ChainState?> LoadCheckpointAsync(ChainKey chain, Instant at, CancellationToken cancel) =>
        new(_index.LoadCheckpoint(chain, at));

    public ValueTask<ChainRecord?> LoadRecordAsync(ChainKey chain, RecordKey record, CancellationToken cancel) =>
        new(_index.LoadRecord(chain, record));

    public ValueTask<ChainRecord?> LoadRecordAsync(
        ChainState checkpoint, RecordKey record, CancellationToken cancel) =>
        new(_index.LoadRecord(checkpoint.Key, record, Checkpoints.EpochAfter(checkpoint.Sequence)));

    public ValueTask<long?> FindKeyAsync(ChainKey chain, string key, CancellationToken cancel) =>
        new(_index.FindKey(chain, key));

    public ValueTask<IReadOnlyList<long>> FindReferenceAsync(
        ChainKey chain, string referenceId, long before, int limit, CancellationToken cancel) =>
        new(_index.FindReference(chain, referenceId, before, limit));

    public ValueTask<IReadOnlyList<SealedEntry>> ReadAsync(
        ChainKey chain, long first, long last, CancellationToken cancel) =>
        new(_index.ReadEntries(chain, first, last));

    public ValueTask<IReadOnlyList<ThingNumber>> ListRecordsAsync(
        ChainKey chain, RecordKind kind, ThingNumber before, int limit, CancellationToken cancel) =>
        new(_index.ListRecords(chain, kind, before, limit));

    public ValueTask<Rollup> SumAsync(RollupQuery query, CancellationToken cancel) => new(_index.Sum(query));

    public ValueTask<IReadOnlyList<string>> ListAccountsAsync(
        int project, string after, int limit, CancellationToken cancel)
    {
        using var session = new ReadSession(_readers);
        return new(session.Read<IReadOnlyList<string>>(reader =>
        {
            using var select = reader.Connection.Prepare(SelectAccounts);
            select.Bind(1, project);
            select.Bind(2, after);
            select.Bind(3, limit);
            var ids = new List<string>();
            while (select.Step()) ids.Add(select.Text(0));
            return ids;
        }));
    }

    /// <summary>In order of project and account id; the cursor is the last one looked at.</summary>
    public ValueTask<DuePage> TourDueAsync(Instant until, string? cursor, CancellationToken cancel)
    {
        var (project, after) = ParseTour(cursor);
        using var session = new ReadSession(_readers);
        var accounts = session.Read(reader =>
        {
            using var select = reader.Connection.Prepare(SelectTour);
            select.Bind(1, project);
            select.Bind(2, after);
            select.Bind(3, TourStep);
            var found = new List<(ChainKey Chain, string Id)>(TourStep);
            while (select.Step()) found.Add((new((int)select.Int(0), select.Int(2)), select.Text(1)));
            return found;
        });
        var due = new List<(ChainKey, Instant)>();
        foreach (var (chain, _) in accounts)
            if (_index.LoadState(chain)?.NextDue is { } at && at <= until) due.Add((chain, at));
        var next = accounts.Count < TourStep ? null : $"{accounts[^1].Chain.Project} {accounts[^1].Id}";
        return new(new DuePage(due, next));
    }

    private static (int Project, string After) ParseTour(string? cursor)
    {
        if (cursor is null) return (0, "");
        var space = cursor.IndexOf(' ', StringComparison.Ordinal);
        return (int.Parse(cursor.AsSpan(0, space), CultureInfo.InvariantCulture), cursor[(space + 1)..]);
    }

    public ValueTask<Seal?> LastSealAsync(int project, CancellationToken cancel)
    {
        using var session = new ReadSession(_readers);
        return new(session.Read(reader => SealTable.Last(reader.Connection, project)?.Seal));
    }

    public ValueTask<IReadOnlyList<SealSummary>> ListSealsAsync(
        int project, long before, int limit, CancellationToken cancel)
    {
        using var session = new ReadSession(_readers);
        return new(session.Read(reader => SealTable.List(reader.Connection, project, before, limit)));
    }
}
