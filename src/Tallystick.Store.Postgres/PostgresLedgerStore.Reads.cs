using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

public sealed partial class PostgresLedgerStore
{
    private const int TourStep = 1_000;

    // Nothing comes of a chain that ends as the state that is known of it; of the others what has followed it, or,
    // where a later state is stored, that one once, with the first of the entries that follow it. A subquery that is
    // not pulled up (OFFSET 0), so that both ends of the range are known before the journal is read: as a join the
    // server takes a third of the entries for what follows, and reads all of a busy account or the whole journal.
    private const string LoadSql = """
        SELECT a.n,
            CASE WHEN s.sequence > a.known AND (j.sequence IS NULL OR j.sequence = s.sequence + 1) THEN s.bytes END,
            j.bytes, j.hash
        FROM (
            SELECT a.n, a.project, a.number, c.sequence AS last,
                CASE WHEN c.sequence > a.known THEN a.known ELSE 0 END AS known
            FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS a (project, number, known, head, n)
            JOIN tallystick.chain c ON c.project = a.project AND c.number = a.number
                AND (c.sequence <> a.known OR c.head <> a.head)) a
        JOIN tallystick.chain_state s ON s.project = a.project AND s.number = a.number
        LEFT JOIN LATERAL (
            SELECT j.sequence, j.bytes, j.hash FROM tallystick.journal j
            WHERE j.project = s.project AND j.number = s.number
                AND j.sequence > greatest(s.sequence, a.known) AND j.sequence <= a.last
            OFFSET 0) j ON true
        ORDER BY a.n, j.sequence
        """;

    private const string EntriesSql = """
        SELECT j.bytes, j.hash, t.salt, t.content
        FROM tallystick.journal j LEFT JOIN tallystick.entry_text t
            ON t.project = j.project AND t.number = j.number AND t.sequence = j.sequence
        WHERE j.project = $1 AND j.number = $2 AND j.sequence BETWEEN $3 AND $4 ORDER BY j.sequence
        """;

    public async ValueTask<ChainState?> LoadAsync(ChainKey chain, CancellationToken cancel) =>
        (await ReadAsync(connection => LoadAsync(connection, [new(chain, null)]), cancel))[0];

    public ValueTask<IReadOnlyList<ChainState?>> LoadAsync(
        IReadOnlyList<KnownChain> chains, CancellationToken cancel) =>
        ReadAsync(_laneReaders, connection => LoadAsync(connection, chains), cancel);

    public async ValueTask<ChainState?> LoadCheckpointAsync(ChainKey chain, Instant at, CancellationToken cancel)
    {
        const string Sql = """
            SELECT bytes FROM tallystick.checkpoint WHERE project = $1 AND number = $2 AND at <= $3
            ORDER BY at DESC LIMIT 1
            """;
        var bytes = await ScalarAsync<byte[]>(Sql, cancel, chain.Project, chain.Number, at.Micros);
        return bytes is null ? null : AccountStateCodec.Decode(bytes);
    }

    public ValueTask<ChainRecord?> LoadRecordAsync(ChainKey chain, RecordKey record, CancellationToken cancel) =>
        LoadRecordAsync(chain, record, int.MaxValue, cancel);

    public ValueTask<ChainRecord?> LoadRecordAsync(
        ChainState checkpoint, RecordKey record, CancellationToken cancel) =>
        LoadRecordAsync(
            checkpoint.Key, record, checked((int)Checkpoints.EpochAfter(checkpoint.Sequence)), cancel);

    public async ValueTask<long?> FindKeyAsync(ChainKey chain, string key, CancellationToken cancel) =>
        (await FindKeysAsync([(chain, key)], cancel))[0];

    public async ValueTask<IReadOnlyList<long?>> FindKeysAsync(
        IReadOnlyList<(ChainKey Chain, string Key)> keys, CancellationToken cancel)
    {
        const string Sql = """
            SELECT j.sequence FROM unnest($1, $2, $3) WITH ORDINALITY AS a (project, number, key, n)
            LEFT JOIN tallystick.journal j ON j.project = a.project AND j.number = a.number AND j.key = a.key
            ORDER BY a.n
            """;
        return await ListAsync(
            _laneReaders, Sql, row => row.IsDBNull(0) ? null : (long?)row.GetInt64(0), cancel,
            keys.Select(one => one.Chain.Project).ToArray(), keys.Select(one => one.Chain.Number).ToArray(),
            keys.Select(one => CommitStatement.HashText(one.Key)).ToArray());
    }

    public ValueTask<IReadOnlyList<long>> FindReferenceAsync(
        ChainKey chain, string referenceId, long before, int limit, CancellationToken cancel)
    {
        const string Sql = """
            SELECT sequence FROM tallystick.journal
            WHERE project = $1 AND number = $2 AND reference = $3 AND sequence < $4 ORDER BY sequence DESC LIMIT $5
            """;
        return ListAsync(
            Sql, row => row.GetInt64(0), cancel,
            chain.Project, chain.Number, CommitStatement.HashText(referenceId), before, limit);
    }

    public ValueTask<IReadOnlyList<SealedEntry>> ReadAsync(
        ChainKey chain, long first, long last, CancellationToken cancel) =>
        ListAsync(EntriesSql, ReadEntry, cancel, chain.Project, chain.Number, first, last);

    public ValueTask<IReadOnlyList<string>> ListAccountsAsync(
        int project, string after, int limit, CancellationToken cancel)
    {
        const string Sql = """
            SELECT account_id FROM tallystick.account
            WHERE project = $1 AND account_id > $2 ORDER BY account_id LIMIT $3
            """;
        return ListAsync(Sql, row => row.GetString(0), cancel, project, after, limit);
    }

    public ValueTask<IReadOnlyList<ThingNumber>> ListRecordsAsync(
        ChainKey chain, RecordKind kind, ThingNumber before, int limit, CancellationToken cancel)
    {
        const string Sql = """
            SELECT DISTINCT thing FROM tallystick.record
            WHERE project = $1 AND number = $2 AND kind = $3 AND thing < $4 ORDER BY thing DESC LIMIT $5
            """;
        return ListAsync(
            Sql, row => CommitStatement.NumberOf(row.GetInt64(0)), cancel,
            chain.Project, chain.Number, (short)kind, CommitStatement.AgeOf(before), limit);
    }

    /// <summary>In order of what is due; the cursor is the last one of a page.</summary>
    public async ValueTask<DuePage> TourDueAsync(Instant until, string? cursor, CancellationToken cancel)
    {
        const string Sql = """
            SELECT project, number, due FROM tallystick.chain_state
            WHERE due <= $1 AND (due, project, number) > ($2, $3, $4) ORDER BY due, project, number LIMIT $5
            """;
        var after = cursor?.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray()
            ?? [long.MinValue, 0, 0];
        var due = await ListAsync(
            Sql, row => (new ChainKey(row.GetInt32(0), row.GetInt64(1)), new Instant(row.GetInt64(2))), cancel,
            until.Micros, after[0], (int)after[1], after[2], TourStep);
        if (due.Count < TourStep) return new(due, null);
        var (chain, at) = due[^1];
        return new(due, string.Create(CultureInfo.InvariantCulture, $"{at.Micros} {chain.Project} {chain.Number}"));
    }

    private async Task<IReadOnlyList<ChainState?>> LoadAsync(
        NpgsqlConnection connection, IReadOnlyList<KnownChain> chains)
    {
        var lost = new List<int>();
        ChainState?[] states;
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { Load(chains) } })
        await using (var rows = await batch.ExecuteReaderAsync())
            states = await FoldAsync(rows, chains, lost);
        await LoadLostAsync(connection, chains, states, lost);
        return states;
    }

    /// <summary>Of chains that go on from other entries than those that were known all of the state is read.</summary>
    private async Task LoadLostAsync(
        NpgsqlConnection connection, IReadOnlyList<KnownChain> chains, ChainState?[] states, List<int> lost)
    {
        if (lost.Count == 0) return;
        var read = await LoadAsync(connection, lost.ConvertAll(n => new KnownChain(chains[n].Key, null)));
        for (var i = 0; i < lost.Count; i++) states[lost[i]] = read[i];
    }

    internal static NpgsqlBatchCommand Load(IReadOnlyList<KnownChain> chains)
    {
        var command = OfChains(LoadSql, chains);
        command.Parameters.Add(new() { Value = chains.Select(chain => chain.State?.Sequence ?? 0).ToArray() });
        command.Parameters.Add(new()
        {
            Value = chains.Select(chain => CommitStatement.MarkOf(chain.State?.Head ?? HashChain.Genesis)).ToArray(),
        });
        return command;
    }

    /// <param name="lost">Takes the chains of which what was known is not in the journal any more.</param>
    private async Task<ChainState?[]> FoldAsync(
        NpgsqlDataReader rows, IReadOnlyList<KnownChain> chains, List<int> lost)
    {
        var states = chains.Select(chain => chain.State).ToArray();
        while (await rows.ReadAsync())
        {
            var n = (int)rows.GetInt64(0) - 1;
            if (lost.Count > 0 && lost[^1] == n) continue;
            ref var state = ref states[n];
            if (!rows.IsDBNull(1)) state = AccountStateCodec.Decode(rows.GetFieldValue<byte[]>(1));
            if (rows.IsDBNull(2)) continue;
            var (bytes, hash) = (rows.GetFieldValue<byte[]>(2), rows.GetFieldValue<byte[]>(3));
            var isKnown = state is not null && ReferenceEquals(state, chains[n].State);
            if (isKnown && !Follows(state!, bytes, hash)) lost.Add(n);
            else state = _fold(state, new(EntryCodec.Decode(bytes), bytes, hash), NothingElse).State;
        }
        return states;
    }

    private static bool Follows(ChainState state, byte[] bytes, byte[] hash) =>
        HashChain.Next(bytes, state.Head).AsSpan().SequenceEqual(hash);

    /// <summary>Only charges that touch nothing but the state may trail it.</summary>
    private static ChainRecord? NothingElse(RecordKey key) =>
        throw new JournalCorruptException(
            $"an entry behind the state concerns {key.Kind} {key.Number.Value}, which is not in it");

    private static SealedEntry ReadEntry(NpgsqlDataReader row)
    {
        var bytes = row.GetFieldValue<byte[]>(0);
        var text = row.IsDBNull(2) ? null : new EntryText(Immutable(row, 2), Immutable(row, 3));
        return new(EntryCodec.Decode(bytes), bytes, row.GetFieldValue<byte[]>(1), text);
    }

    internal static ImmutableArray<byte> Immutable(NpgsqlDataReader row, int column) =>
        ImmutableCollectionsMarshal.AsImmutableArray(row.GetFieldValue<byte[]>(column));

    private async ValueTask<ChainRecord?> LoadRecordAsync(
        ChainKey chain, RecordKey record, int before, CancellationToken cancel)
    {
        const string Sql = """
            SELECT bytes FROM tallystick.record
            WHERE project = $1 AND number = $2 AND kind = $3 AND thing = $4 AND epoch < $5
            ORDER BY epoch DESC LIMIT 1
            """;
        var bytes = await ScalarAsync<byte[]>(
            Sql, cancel, chain.Project, chain.Number, (short)record.Kind, CommitStatement.AgeOf(record.Number), before);
        return bytes is null ? null : AccountStateCodec.DecodeRecord(record.Kind, bytes);
    }

    private async ValueTask<T?> ScalarAsync<T>(string sql, CancellationToken cancel, params object[] values)
        where T : class
    {
        var found = await ListAsync(sql, row => row.GetFieldValue<T>(0), cancel, values);
        return found.Count == 0 ? null : found[0];
    }

    private ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object[] values) =>
        ListAsync(_readers, sql, read, cancel, values);

    private ValueTask<IReadOnlyList<T>> ListAsync<T>(
        Connections readers, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel,
        params object[] values) =>
        ReadAsync<IReadOnlyList<T>>(
            readers,
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var value in values) command.Parameters.Add(new() { Value = value });
                var list = new List<T>();
                await using var rows = await command.ExecuteReaderAsync();
                while (await rows.ReadAsync()) list.Add(read(rows));
                return list;
            },
            cancel);

    private ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancel) =>
        ReadAsync(_readers, read, cancel);

    /// <summary>One statement is one snapshot. Asked twice where the first connection turned out to be dead.</summary>
    private async ValueTask<T> ReadAsync<T>(
        Connections readers, Func<NpgsqlConnection, Task<T>> read, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_outage.Admit(_options.ReadPatience));
        for (var isAgain = false; ; isAgain = true)
        {
            try
            {
                var result = await readers.RunAsync(read, deadline.Token);
                _outage.End();
                return result;
            }
            catch (Exception failure) when (PostgresFaults.IsFault(failure) && !cancel.IsCancellationRequested)
            {
                // A read that is merely slow says nothing about the database.
                var isOutage = failure is not OperationCanceledException && PostgresFaults.IsOutage(failure);
                if (isOutage) Note();
                else if (failure is OperationCanceledException && _outage.IsOn) _outage.Begin();
                if (!isOutage || isAgain || deadline.IsCancellationRequested) throw PostgresFaults.Unavailable(failure);
            }
        }
    }
}
