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
        ReadStates(chains, "chain_state", "sequence", state => state.Sequence)
            .Concat(ReadStates(chains, "checkpoint", "at", state => state.LastAt.Micros));

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
        return (entry.Origin?.Key is not { } key || _lastRead.Key == CommitStatement.HashText(key))
            && (entry.Body.Reference is not { } reference || _lastRead.Reference == CommitStatement.HashText(reference))
            && (entry.Body is not EntryBody.AccountOpened opened || IsListed(row.Chain, opened.AccountId));
    }

    public IEnumerable<(ChainKey Chain, RollupGrain Grain, Rollup Part)> ReadRollups(ChainRange chains)
    {
        var kept = Rows(
            $"""
            SELECT project, number, bytes, grain FROM tallystick.account_rollup
            WHERE {Within(chains, "number")} ORDER BY project, number
            """,
            row => (ReadKey(row), row.GetInt16(3), Rollup.Decode(row.GetFieldValue<byte[]>(2))));
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
            "SELECT project, grain, bytes FROM tallystick.rollup",
            row => (row.GetInt32(0), (RollupGrain)row.GetInt16(1), Rollup.Decode(row.GetFieldValue<byte[]>(2))));
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
    ];

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
        return command.ExecuteScalar() is string listed && listed == accountId;
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

    private static ChainKey ReadKey(NpgsqlDataReader row) => new(row.GetInt32(0), row.GetInt64(1));

    /// <summary>
    /// By a cursor and in pages: a journal does not fit into memory, and other questions are asked in between.
    /// </summary>
    private IEnumerable<ChainState> ReadStates(
        ChainRange chains, string table, string column, Func<ChainState, long> stands) => Rows(
        $"""
        SELECT project, number, {column}, bytes FROM tallystick.{table}
        WHERE {Within(chains, "number")} ORDER BY project, number, {column}
        """,
        row =>
        {
            var state = AccountStateCodec.Decode(row.GetFieldValue<byte[]>(3));
            return state.Key == ReadKey(row) && stands(state) == row.GetInt64(2)
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

    private List<T> Fetch<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        try
        {
            using var fetch = new NpgsqlCommand(sql, _connection);
            using var rows = fetch.ExecuteReader();
            var page = new List<T>();
            while (rows.Read()) page.Add(read(rows));
            return page;
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            throw failure is PostgresException { SqlState: "XX001" or "XX002" } damage
                ? new JournalCorruptException(damage.MessageText, damage)
                : PostgresFaults.Unavailable(failure);
        }
    }

    private object? Scalar(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        return command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        command.ExecuteNonQuery();
    }
}
