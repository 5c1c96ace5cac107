using System.Data;
using System.Globalization;
using Npgsql;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres.Migrations;

namespace Tallystick.Store.Postgres;

/// <summary>
/// One snapshot of a database, read-only: a transaction that lasts until this is disposed (and holds back VACUUM so
/// long). May stand beside running nodes. One thread at a time.
/// </summary>
/// <remarks>Rows come by chain and sequence: between chains a shared store knows no order.</remarks>
public sealed class PostgresAudit : IStoreAudit
{
    private const string EntrySql = """
        SELECT j.project, j.number, j.sequence, j.bytes, j.hash, t.salt, t.content, j.key, j.reference
        FROM tallystick.journal j LEFT JOIN tallystick.entry_text t
            ON t.project = j.project AND t.number = j.number AND t.sequence = j.sequence
        """;
    private const string EntryOrder = "ORDER BY j.project, j.number, j.sequence";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly List<string> _faults = [];
    private (ChainKey Chain, long Sequence, Guid? Key, Guid? Reference) _lastRead;
    private (ChainKey Chain, long Sequence) _lastState = (new(-1, 0), 0);
    private (ChainKey Chain, int Epochs, long Done, long Through) _lastRolledUp = (new(-1, 0), 0, 0, 0);
    private int _cursors;

    private PostgresAudit(NpgsqlDataSource source)
    {
        _source = source;
        _connection = source.OpenConnection();
        _transaction = _connection.BeginTransaction(IsolationLevel.RepeatableRead);
        Execute("SET TRANSACTION READ ONLY");
        if (Migrator.CompareAsync(_connection, CancellationToken.None).GetAwaiter().GetResult() is { } difference)
            throw new StoreRefusedException(difference);
        var settings = ServerSettings.ReadAsync(_connection, CancellationToken.None).GetAwaiter().GetResult();
        _faults.AddRange(settings.Unsafe());
    }

    /// <exception cref="StoreRefusedException">There is no store, or its schema is not the present one.</exception>
    public static PostgresAudit Open(PostgresStoreOptions options)
    {
        var source = options.CreateDataSource("audit", 1, commandTimeout: TimeSpan.Zero);
        try
        {
            return new(source);
        }
        catch (Exception failure)
        {
            source.Dispose();
            if (!PostgresFaults.IsFault(failure)) throw;
            throw new StoreRefusedException($"the database cannot be read: {failure.Message}", failure);
        }
    }

    public Instant? LastSealAt => Scalar("SELECT max(at) FROM tallystick.seal") is long at ? new Instant(at) : null;
    public long CountEntries() => (long)Scalar("SELECT count(*) FROM tallystick.journal")!;

    public IEnumerable<RawEntry> ReadJournal(ChainRange chains) => ReadEntries($"WHERE {Within(chains, "j.number")}");

    public IEnumerable<RawEntry> ReadChain(ChainKey chain) => ReadEntries(WhereChain(chain));

    public IEnumerable<ChainState> ReadStates(ChainRange chains) =>
        ReadStates(chains, "chain_state", "sequence, due", (row, state) => state.Sequence == row.GetInt64(3)
            && state.NextDue?.Micros == (row.IsDBNull(4) ? null : row.GetInt64(4)))
            .Concat(ReadStates(
                chains, "checkpoint", "at", (row, state) => state.LastAt.Micros == row.GetInt64(3)));

    public IEnumerable<(ChainKey Chain, ChainRecord Record, long Epoch)> ReadRecords(ChainRange chains) => Rows(
        $"""
        SELECT project, number, kind, thing, bytes, epoch FROM tallystick.record
        WHERE {Within(chains, "number")} ORDER BY project, number, kind, thing, epoch
        """,
        row =>
        {
            var record = AccountStateCodec.DecodeRecord((RecordKind)row.GetInt16(2), row.GetFieldValue<byte[]>(4));
            return CommitStatement.AgeOf(record.Number) == row.GetInt64(3)
                ? (ReadKey(row), record, (long)row.GetInt32(5))
                : throw new JournalCorruptException(
                    $"record {record.Number} of {ReadKey(row)} is stored under {row.GetInt64(3)}");
        });

    /// <summary>False for the plain charges that a state may trail by.</summary>
    public bool HasTrailed(in RawEntry row)
    {
        if (_lastState.Chain != row.Chain)
        {
            var sequence = Scalar(string.Create(CultureInfo.InvariantCulture, $"""
                SELECT sequence FROM tallystick.chain_state
                WHERE project = {row.Chain.Project} AND number = {row.Chain.Number}
                """));
            _lastState = (row.Chain, (long?)sequence ?? 0);
        }
        return row.Sequence <= _lastState.Sequence;
    }

    /// <summary>
    /// What finds an entry stands in its own row; for a row that was not the last one read it is looked up.
    /// </summary>
    public bool IsIndexed(in RawEntry row, JournalEntry entry)
    {
        if (_lastRead.Chain != row.Chain || _lastRead.Sequence != row.Sequence)
            if (!ReadEntries($"{WhereChain(row.Chain)} AND j.sequence = {row.Sequence}").Any()) return false;
        return _lastRead.Key == CommitStatement.HashOrNull(entry.Origin?.Key)
            && _lastRead.Reference == CommitStatement.HashOrNull(entry.Body.Reference)
            && (entry.Body is not EntryBody.AccountOpened opened || IsListed(row.Chain, opened.AccountId));
    }

    public IEnumerable<(ChainKey Chain, RollupGrain Grain, Rollup Part)> ReadRollups(ChainRange chains)
    {
        var kept = Rows(
            $"""
            SELECT project, number, bytes, axis, grain, first_slot FROM tallystick.account_rollup
            WHERE {Within(chains, "number")} ORDER BY project, number
            """,
            row =>
            {
                var (axis, grain, first) = (row.GetString(3), row.GetInt16(4), row.GetInt32(5));
                return (ReadKey(row), grain, ReadPart(row, cell => AccountRollup.IsUnder(cell, grain, axis, first)));
            });
        foreach (var (chain, grain, part) in kept)
        {
            yield return (chain, grain == AccountRollup.WholeEpoch ? RollupGrain.Slot : (RollupGrain)grain, part);
            if (grain == AccountRollup.WholeEpoch) yield return (chain, RollupGrain.Day, part.ByDay());
        }
    }

    /// <summary>What has not been taken into the rollups yet counts as if it had been.</summary>
    public IEnumerable<(int Project, RollupGrain Grain, Rollup Part)> ReadProjectRollups()
    {
        var kept = Rows(
            "SELECT project, grain, bytes, axis, slot FROM tallystick.rollup",
            row =>
            {
                var under = (row.GetString(3), row.GetInt32(4));
                return (row.GetInt32(0), (RollupGrain)row.GetInt16(1), ReadPart(
                    row, cell => (cell.Axis, cell.Slot) == under));
            });
        foreach (var part in kept) yield return part;
        var tails = Rows(
            "SELECT project, bytes FROM tallystick.rollup_tail",
            row => (row.GetInt32(0), Rollup.Decode(row.GetFieldValue<byte[]>(1))));
        foreach (var (project, part) in tails)
        {
            yield return (project, RollupGrain.Slot, part);
            yield return (project, RollupGrain.Day, part.ByDay());
        }
    }

    public (bool InAccount, bool InProject) IsRolledUp(in RawEntry row)
    {
        if (_lastRolledUp.Chain != row.Chain)
        {
            var where = string.Create(
                CultureInfo.InvariantCulture, $"WHERE project = {row.Chain.Project} AND number = {row.Chain.Number}");
            var epochs = Scalar($"SELECT epochs FROM tallystick.account_epochs {where}") as int? ?? 0;
            var done = Scalar($"SELECT done FROM tallystick.rollup_backlog {where}") as long? ?? long.MaxValue;
            var through = Scalar($"SELECT through FROM tallystick.rollup_backlog {where}") as long? ?? 0;
            _lastRolledUp = (row.Chain, epochs, done, through);
        }
        var isLeft = row.Sequence > _lastRolledUp.Done && row.Sequence <= _lastRolledUp.Through;
        return (Checkpoints.EpochOf(row.Sequence - 1) < _lastRolledUp.Epochs, !isLeft);
    }

    public IEnumerable<Seal> ReadSeals() =>
        Rows($"{SealTable.SelectSql} ORDER BY project, number", SealTable.Read, fetchSize: 1);

    public IEnumerable<string> SelfCheck() =>
    [
        .. _faults,
        .. Rows("""
            SELECT coalesce(c.project, j.project), coalesce(c.number, j.number),
                coalesce(c.sequence, 0), coalesce(j.last, 0), coalesce(j.n, 0)
            FROM tallystick.chain c
            FULL JOIN (
                SELECT project, number, max(sequence) AS last, count(*) AS n FROM tallystick.journal GROUP BY 1, 2) j
                ON j.project = c.project AND j.number = c.number
            WHERE c.sequence IS DISTINCT FROM j.last OR j.last <> j.n
            """,
            row => $"chain {ReadKey(row)} stands at {row.GetInt64(2)}, "
                + $"its journal has {row.GetInt64(4)} entries up to {row.GetInt64(3)}"),
        .. Rows("""
            SELECT c.project, c.number, c.sequence, coalesce(s.sequence, 0) FROM tallystick.chain c
            LEFT JOIN tallystick.chain_state s ON s.project = c.project AND s.number = c.number
            WHERE s.sequence IS NULL OR s.sequence > c.sequence
            """,
            row => $"chain {ReadKey(row)} stands at {row.GetInt64(2)}, its state at {row.GetInt64(3)}"),
        .. Rows("""
            SELECT c.project, c.number FROM tallystick.chain c
            JOIN tallystick.journal j ON j.project = c.project AND j.number = c.number AND j.sequence = c.sequence
            WHERE c.head <> ('x' || encode(substring(j.hash FROM 1 FOR 8), 'hex'))::bit(64)::bigint
            """,
            row => $"chain {ReadKey(row)} has another head than its last entry"),
        .. Rows("""
            SELECT r.project, r.number, r.epoch FROM tallystick.record r
            LEFT JOIN tallystick.chain c ON c.project = r.project AND c.number = r.number
            WHERE r.epoch NOT BETWEEN 0 AND coalesce(c.sequence, 0) / 1024
            """,
            row => $"a record of chain {ReadKey(row)} is of epoch {row.GetInt32(2)}, which has not been"),
        .. Rows("""
            SELECT a.project, a.number, a.account_id FROM tallystick.account a
            LEFT JOIN tallystick.chain c ON c.project = a.project AND c.number = a.number
            WHERE c.sequence IS NULL
            """,
            row => $"account {row.GetString(2)} of project {row.GetInt32(0)} is listed and has no journal"),
        .. Rows("""
            SELECT t.project, t.number, t.sequence FROM tallystick.entry_text t
            LEFT JOIN tallystick.journal j ON j.project = t.project AND j.number = t.number AND j.sequence = t.sequence
            WHERE j.sequence IS NULL
            """,
            row => $"there is a text for entry {row.GetInt64(2)} of chain {ReadKey(row)}, which there is not"),
        .. Rows(
            "SELECT value FROM tallystick.meta WHERE name = 'clock' AND value NOT IN ('real', 'test')",
            row => $"the store was made with a {row.GetString(0)} clock, which there is not"),
        .. Rows(string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r.project, r.number, r.first_slot FROM tallystick.account_rollup r
            LEFT JOIN tallystick.account_epochs e ON e.project = r.project AND e.number = r.number
            WHERE r.grain = {AccountRollup.WholeEpoch}
                AND (r.axis <> '' OR r.first_slot NOT BETWEEN 0 AND coalesce(e.epochs, 0) - 1)
            """),
            row => $"sums of chain {ReadKey(row)} are of epoch {row.GetInt32(2)}, which has not been added up"),
        .. CheckSealedHeads(),
    ];

    /// <summary>What the next seal goes on from is what the last ones say of each chain.</summary>
    private IEnumerable<string> CheckSealedHeads()
    {
        var last = new Dictionary<ChainKey, long>();
        foreach (var seal in ReadSeals())
            foreach (var head in seal.Heads) last[head.Key] = head.Sequence;
        var noted = Rows(
            "SELECT project, number, sequence FROM tallystick.sealed_head",
            row => (Chain: ReadKey(row), Sequence: row.GetInt64(2)));
        foreach (var (chain, sequence) in noted)
            if (!last.Remove(chain, out var covered) || covered != sequence)
                yield return $"chain {chain} is noted as sealed up to {sequence}, its last seal covers {covered}";
        foreach (var (chain, sequence) in last)
            yield return $"chain {chain} is not noted as sealed up to {sequence}";
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
        _source.Dispose();
    }

    private bool IsListed(ChainKey chain, string accountId)
    {
        using var command = new NpgsqlCommand(
            "SELECT account_id FROM tallystick.account WHERE project = $1 AND number = $2", _connection)
        {
            Parameters = { new() { Value = chain.Project }, new() { Value = chain.Number } },
        };
        return Ask(command.ExecuteScalar) is string listed && listed == accountId;
    }

    private static string Within(ChainRange chains, string column) =>
        string.Create(CultureInfo.InvariantCulture, $"{column} BETWEEN {chains.First} AND {chains.Last}");

    private static string WhereChain(ChainKey chain) =>
        string.Create(CultureInfo.InvariantCulture, $"WHERE j.project = {chain.Project} AND j.number = {chain.Number}");

    private IEnumerable<RawEntry> ReadEntries(string where)
    {
        var position = 0L;
        foreach (var (row, key, reference) in Rows($"{EntrySql} {where} {EntryOrder}", ReadEntry))
        {
            _lastRead = (row.Chain, row.Sequence, key, reference);
            yield return row with { Position = ++position };
        }
    }

    private static (RawEntry Row, Guid? Key, Guid? Reference) ReadEntry(NpgsqlDataReader row)
    {
        var text = row.IsDBNull(5)
            ? null
            : new EntryText(PostgresLedgerStore.Immutable(row, 5), PostgresLedgerStore.Immutable(row, 6));
        var entry = new RawEntry(
            0, ReadKey(row), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4), text);
        return (entry, row.IsDBNull(7) ? null : row.GetGuid(7), row.IsDBNull(8) ? null : row.GetGuid(8));
    }

    /// <summary>The bytes stand in the third column.</summary>
    private static Rollup ReadPart(NpgsqlDataReader row, Func<RollupCell, bool> isUnder)
    {
        var part = Rollup.Decode(row.GetFieldValue<byte[]>(2));
        foreach (var (cell, _) in part.Cells)
            if (!isUnder(cell)) throw new JournalCorruptException(
                $"sums of {Slots.Start(cell.Slot)} are stored under another time or axis");
        return part;
    }

    private static ChainKey ReadKey(NpgsqlDataReader row) => new(row.GetInt32(0), row.GetInt64(1));

    /// <summary>
    /// By a cursor and in pages: a journal does not fit into memory, and other questions are asked in between.
    /// </summary>
    private IEnumerable<ChainState> ReadStates(
        ChainRange chains, string table, string columns, Func<NpgsqlDataReader, ChainState, bool> stands) => Rows(
        $"""
        SELECT project, number, bytes, {columns} FROM tallystick.{table}
        WHERE {Within(chains, "number")} ORDER BY project, number, {columns}
        """,
        row =>
        {
            var state = AccountStateCodec.Decode(row.GetFieldValue<byte[]>(2));
            return state.Key == ReadKey(row) && stands(row, state)
                ? state
                : throw new JournalCorruptException($"a state of {state.Key} is stored under {ReadKey(row)}");
        });

    private IEnumerable<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, int fetchSize = 4_096)
    {
        var name = $"audit_{++_cursors}";
        Execute($"DECLARE {name} NO SCROLL CURSOR FOR {sql}");
        while (true)
        {
            var page = Fetch($"FETCH {fetchSize} FROM {name}", read);
            foreach (var one in page) yield return one;
            if (page.Count < fetchSize) break;
        }
        Execute($"CLOSE {name}");
    }

    private List<T> Fetch<T>(string sql, Func<NpgsqlDataReader, T> read) => Ask(() =>
    {
        using var fetch = new NpgsqlCommand(sql, _connection);
        using var rows = fetch.ExecuteReader();
        var page = new List<T>();
        while (rows.Read()) page.Add(read(rows));
        return page;
    });

    private object? Scalar(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        return Ask(command.ExecuteScalar);
    }

    private void Execute(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        Ask(command.ExecuteNonQuery);
    }

    /// <summary>A page that cannot be read is a finding; a wire that broke is none, and ends the audit.</summary>
    private T Ask<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception failure) when (
            PostgresFaults.IsFault(failure) || (_connection.State & ConnectionState.Open) == 0)
        {
            throw failure is PostgresException { SqlState: "XX001" or "XX002" } damage
                ? new JournalCorruptException(damage.MessageText, damage)
                : PostgresFaults.Unavailable(failure);
        }
    }
}
