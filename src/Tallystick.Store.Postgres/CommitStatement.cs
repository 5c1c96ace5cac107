using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>
/// A batch as one statement: it names the chains that have moved on and writes nothing, or it writes everything. As one
/// statement it begins only when all of it has arrived, so a node that stops in the middle of sending holds no lock.
/// </summary>
internal sealed class CommitStatement
{
    /// <summary>
    /// A state trails its chain by less than this many plain charges, unless it is large: what a load may have to fold.
    /// </summary>
    public const int StateEvery = 32;

    /// <summary>A state waits for one charge more for each so many debts in it.</summary>
    private const int DebtsForOne = 64;

    // Writes nothing else before the chains' own rows: their locks decide who goes first, and a server is free to begin
    // with any part of a statement that does not depend on another.
    private const string Gate = "NOT EXISTS (SELECT FROM moved) AND (SELECT count(*) FROM bumped) >= 0";

    private const string Begin = """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS a (project, number, before, after, head, next)),
        moved AS MATERIALIZED (
            SELECT a.project, a.number FROM asked a
            LEFT JOIN tallystick.chain c ON c.project = a.project AND c.number = a.number
            WHERE coalesce(c.sequence, 0) <> a.before OR c.head <> a.head
        """;

    private const string Doubted = """
            UNION SELECT k.project, k.number FROM unnest($K) AS k (project, number, key)
            JOIN tallystick.journal j ON j.project = k.project AND j.number = k.number AND j.key = k.key
        """;

    private const string Entered = """
        ),
        bumped AS (
            UPDATE tallystick.chain c SET sequence = a.after, head = a.next, spare = NULL FROM asked a
            WHERE c.project = a.project AND c.number = a.number AND c.sequence = a.before AND a.after > a.before
                AND NOT EXISTS (SELECT FROM moved)
            RETURNING 1),
        opened AS (
            INSERT INTO tallystick.chain (project, number, sequence, head, spare)
            SELECT project, number, after, next, decode(repeat('00', 63), 'hex') FROM asked
            WHERE before = 0 AND after > 0 AND $GATE),
        entered AS (
            INSERT INTO tallystick.journal (project, number, sequence, hash, bytes, key, reference)
            SELECT * FROM unnest($K) WHERE $GATE)
        """;

    private const string States = """
        ,
        stated AS (
            INSERT INTO tallystick.chain_state (project, number, sequence, due, bytes)
            SELECT * FROM unnest($K) WHERE $GATE
            ON CONFLICT (project, number)
            DO UPDATE SET sequence = excluded.sequence, due = excluded.due, bytes = excluded.bytes)
        """;

    private const string Records = """
        ,
        recorded AS (
            INSERT INTO tallystick.record (project, number, kind, thing, epoch, bytes)
            SELECT * FROM unnest($K) WHERE $GATE
            ON CONFLICT (project, number, kind, thing, epoch) DO UPDATE SET bytes = excluded.bytes)
        """;

    private const string Kept = """
        ,
        kept AS (
            INSERT INTO tallystick.checkpoint (project, number, at, bytes)
            SELECT * FROM unnest($K) WHERE $GATE
            ON CONFLICT (project, number, at) DO UPDATE SET bytes = excluded.bytes)
        """;

    private const string Accounts = """
        ,
        listed AS (
            INSERT INTO tallystick.account (project, number, account_id)
            SELECT * FROM unnest($K) WHERE $GATE)
        """;

    private const string Texts = """
        ,
        told AS (
            INSERT INTO tallystick.entry_text (project, number, sequence, salt, content)
            SELECT * FROM unnest($K) WHERE $GATE)
        """;

    private const string Erasure = """
        ,
        erased AS (
            DELETE FROM tallystick.entry_text t USING unnest($K) AS e (project, number, before)
            WHERE t.project = e.project AND t.number = e.number AND t.sequence < e.before AND $GATE)
        """;

    private const string Rollups = """
        ,
        added AS (
            INSERT INTO tallystick.rollup_tail (project, number, sequence, bytes)
            SELECT * FROM unnest($K) WHERE $GATE)
        """;

    private const string RollupsDue = """
        ,
        crossed AS (
            INSERT INTO tallystick.rollup_due (project, number, epoch)
            SELECT * FROM unnest($K) WHERE $GATE)
        """;

    private readonly List<NpgsqlParameter> _parameters = [];
    private readonly StringBuilder _sql = new();

    /// <param name="batch">
    /// In any order; the rows go in the order of their chains, so that two nodes never wait for each other.
    /// </param>
    public static NpgsqlBatchCommand Of(IReadOnlyList<ChainChange> batch)
    {
        var statement = new CommitStatement();
        List<ChainChange> changes = [.. batch.OrderBy(change => change.Key)];
        statement.AddQuestion(changes, change => change.KeysAbsent);
        statement.AddEntries(changes);
        statement.AddStates(changes);
        statement.AddRecords(changes);
        statement.AddCheckpoints(changes);
        statement.AddAccounts(changes);
        statement.AddTexts(changes);
        statement.AddErasures(changes);
        statement.AddRollups(changes);
        statement.AddRollupsDue(changes);
        return statement.Build("SELECT project, number FROM moved");
    }

    /// <summary>Asks which chains have moved on, or have a key that the batch would claim.</summary>
    public static NpgsqlBatchCommand FindMoved(IReadOnlyList<ChainChange> batch)
    {
        var statement = new CommitStatement();
        statement.AddQuestion(batch, change =>
            [.. change.KeysAbsent, .. change.Entries.Select(entry => entry.Entry.Origin?.Key).OfType<string>()]);
        statement._sql.Append(')');
        return statement.Build("SELECT project, number FROM moved");
    }

    private NpgsqlBatchCommand Build(string select)
    {
        var command = new NpgsqlBatchCommand(_sql.Append('\n').Append(select).ToString());
        foreach (var parameter in _parameters) command.Parameters.Add(parameter);
        return command;
    }

    private void AddQuestion(IReadOnlyList<ChainChange> changes, Func<ChainChange, IEnumerable<string>> doubted)
    {
        _sql.Append(Begin);
        Add(changes.Select(change => change.Key.Project));
        Add(changes.Select(change => change.Key.Number));
        Add(changes.Select(change => change.SequenceBefore));
        Add(changes.Select(change => change.SequenceBefore + change.Entries.Count));
        Add(changes.Select(change => MarkOf(change.HeadBefore)));
        Add(changes.Select(change => MarkOf(change.State.Head)));
        var doubts = changes
            .SelectMany(change => doubted(change).Select(key => (change.Key, Hash: HashText(key)))).ToList();
        if (doubts.Count == 0) return;
        AddRows(Doubted, 3);
        Add(doubts.Select(doubt => doubt.Key.Project));
        Add(doubts.Select(doubt => doubt.Key.Number));
        Add(doubts.Select(doubt => doubt.Hash));
    }

    /// <summary>
    /// What is kept of a chain's last hash beside its sequence: a failover that lost entries gives their numbers anew.
    /// </summary>
    public static long MarkOf(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadInt64BigEndian(head);

    /// <summary>128 bits of a key's or reference's hash.</summary>
    public static Guid HashText(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return new(hash[..16], bigEndian: true);
    }

    /// <summary>Orders things by age, as <see cref="ThingNumber"/> compares.</summary>
    public static long AgeOf(ThingNumber number) => (number.Sequence << 22) | (long)number.Ordinal;

    public static ThingNumber NumberOf(long age) => new(age >> 22, (int)(age & ThingNumber.OrdinalMax));

    private void AddEntries(List<ChainChange> changes)
    {
        var entries = changes.SelectMany(change => change.Entries).ToList();
        AddRows(Entered, 7);
        Add(entries.Select(entry => entry.Entry.Chain.Project));
        Add(entries.Select(entry => entry.Entry.Chain.Number));
        Add(entries.Select(entry => entry.Entry.Sequence));
        Add(entries.Select(entry => entry.Hash));
        Add(entries.Select(entry => entry.Bytes));
        Add(entries.Select(entry => HashOrNull(entry.Entry.Origin?.Key)));
        Add(entries.Select(entry => HashOrNull(entry.Entry.Body.Reference)));
    }

    private void AddStates(List<ChainChange> changes)
    {
        var states = changes.Where(NeedsState).Select(change => change.State).ToList();
        if (states.Count == 0) return;
        AddRows(States, 5);
        Add(states.Select(state => state.Key.Project));
        Add(states.Select(state => state.Key.Number));
        Add(states.Select(state => state.Sequence));
        Add(states.Select(state => state.NextDue?.Micros));
        Add(states.Select(state => state.Encode()));
    }

    private void AddRecords(List<ChainChange> changes)
    {
        var records = (from change in changes
                       let epoch = Checkpoints.EpochOf(change.SequenceBefore)
                       from record in change.Records
                       select (change.Key, Epoch: checked((int)epoch), Record: record)).ToList();
        if (records.Count == 0) return;
        AddRows(Records, 6);
        Add(records.Select(one => one.Key.Project));
        Add(records.Select(one => one.Key.Number));
        Add(records.Select(one => (short)one.Record.Kind));
        Add(records.Select(one => AgeOf(one.Record.Number)));
        Add(records.Select(one => one.Epoch));
        Add(records.Select(one => one.Record.Encode()));
    }

    private void AddCheckpoints(List<ChainChange> changes)
    {
        var states = changes.Where(change => Checkpoints.IsDue(change.SequenceBefore, change.State.Sequence))
            .Select(change => change.State).ToList();
        if (states.Count == 0) return;
        AddRows(Kept, 4);
        Add(states.Select(state => state.Key.Project));
        Add(states.Select(state => state.Key.Number));
        Add(states.Select(state => state.LastAt.Micros));
        Add(states.Select(state => state.Encode()));
    }

    private void AddAccounts(List<ChainChange> changes)
    {
        var opened = (from change in changes
                      from entry in change.Entries
                      let body = entry.Entry.Body as EntryBody.AccountOpened
                      where body is not null
                      select (change.Key, body.AccountId)).ToList();
        if (opened.Count == 0) return;
        AddRows(Accounts, 3);
        Add(opened.Select(one => one.Key.Project));
        Add(opened.Select(one => one.Key.Number));
        Add(opened.Select(one => one.AccountId));
    }

    private void AddTexts(List<ChainChange> changes)
    {
        var told = (from change in changes
                    let erased = change.ErasesBefore
                    from entry in change.Entries
                    where entry.Text is not null && entry.Entry.Sequence > erased
                    select entry).ToList();
        if (told.Count == 0) return;
        AddRows(Texts, 5);
        Add(told.Select(entry => entry.Entry.Chain.Project));
        Add(told.Select(entry => entry.Entry.Chain.Number));
        Add(told.Select(entry => entry.Entry.Sequence));
        Add(told.Select(entry => entry.Text!.Salt.ToArray()));
        Add(told.Select(entry => entry.Text!.Content.ToArray()));
    }

    private void AddErasures(List<ChainChange> changes)
    {
        var erasing = changes.Where(change => change.ErasesBefore > 0).ToList();
        if (erasing.Count == 0) return;
        AddRows(Erasure, 3);
        Add(erasing.Select(change => change.Key.Project));
        Add(erasing.Select(change => change.Key.Number));
        Add(erasing.Select(change => change.ErasesBefore));
    }

    /// <summary>One row for each project that the batch concerns, under the first of its entries.</summary>
    private void AddRollups(List<ChainChange> changes)
    {
        var rollups = new ChainRollups();
        foreach (var change in changes)
            foreach (var entry in change.Entries) rollups.Add(entry.Entry, change.Records);
        var added = (from rollup in rollups.All
                     where rollup.Key.IsProject && !rollup.Value.IsEmpty
                     let first = changes.First(change =>
                         change.Key.Project == rollup.Key.Project && change.Entries.Count > 0).Entries[0].Entry
                     select (First: first, Bytes: rollup.Value.Encode())).ToList();
        if (added.Count == 0) return;
        AddRows(Rollups, 4);
        Add(added.Select(one => one.First.Chain.Project));
        Add(added.Select(one => one.First.Chain.Number));
        Add(added.Select(one => one.First.Sequence));
        Add(added.Select(one => one.Bytes));
    }

    /// <summary>Also where what ends an epoch is in no report.</summary>
    private void AddRollupsDue(List<ChainChange> changes)
    {
        var crossed = (from change in changes
                       where !change.Key.IsProject
                       from epoch in EpochsEndedBy(change)
                       select (change.Key, Epoch: epoch)).ToList();
        if (crossed.Count == 0) return;
        AddRows(RollupsDue, 3);
        Add(crossed.Select(one => one.Key.Project));
        Add(crossed.Select(one => one.Key.Number));
        Add(crossed.Select(one => one.Epoch));
    }

    private static IEnumerable<int> EpochsEndedBy(ChainChange change)
    {
        var end = Checkpoints.EpochOf(change.SequenceBefore + change.Entries.Count);
        for (var epoch = Checkpoints.EpochOf(change.SequenceBefore); epoch < end; epoch++)
            yield return checked((int)epoch);
    }

    /// <summary>
    /// Only plain charges, and usage that is charged for, may trail: they change no record and bring nothing about that
    /// falls due earlier, so what they leave is the fold of them on the state before.
    /// </summary>
    private static bool NeedsState(ChainChange change) => change.Entries.Count > 0
        && (change.Records.Count > 0
            || change.State.Sequence / StepOf(change.State) != change.SequenceBefore / StepOf(change.State)
            || change.Entries.Any(entry => entry.Entry.Body is not (EntryBody.Charged or EntryBody.UsageRecorded)));

    /// <summary>A state that is large, with thousands of unpaid debts, is written more seldom.</summary>
    private static long StepOf(ChainState state)
    {
        var debts = state is AccountState account ? account.Debts.Count : 0;
        return Math.Max(StateEvery, BitOperations.RoundUpToPowerOf2((uint)debts / DebtsForOne));
    }

    public static Guid? HashOrNull(string? text) => text is null ? null : HashText(text);

    /// <summary>Appends SQL whose <c>$K</c> stands for the next so many parameters.</summary>
    private void AddRows(string sql, int columns)
    {
        var numbers = Enumerable.Range(_parameters.Count + 1, columns).Select(number => $"${number}");
        _sql.Append(sql.Replace("$GATE", Gate, StringComparison.Ordinal)
            .Replace("$K", string.Join(", ", numbers), StringComparison.Ordinal));
    }

    private void Add<T>(IEnumerable<T> column) => _parameters.Add(new NpgsqlParameter<T[]>
    {
        TypedValue = [.. column],
        NpgsqlDbType = NpgsqlDbType.Array | TypeOf<T>(),
    });

    private static NpgsqlDbType TypeOf<T>() => default(T) switch
    {
        int => NpgsqlDbType.Integer,
        short => NpgsqlDbType.Smallint,
        _ when typeof(T) == typeof(long) || typeof(T) == typeof(long?) => NpgsqlDbType.Bigint,
        _ when typeof(T) == typeof(Guid) || typeof(T) == typeof(Guid?) => NpgsqlDbType.Uuid,
        _ when typeof(T) == typeof(string) => NpgsqlDbType.Text,
        _ => NpgsqlDbType.Bytea,
    };
}
