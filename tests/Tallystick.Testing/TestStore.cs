using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;

namespace Tallystick.Testing;

/// <summary>
/// Where a test's ledger keeps its journal: it may be opened again and again, and what was committed stays until this
/// is disposed.
/// </summary>
public sealed class TestStore : IDisposable
{
    private static readonly Lazy<Task<PostgresCluster>> Cluster = new(PostgresCluster.StartAsync);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Func<Task<ILedgerStore>> _open;
    private readonly Func<IStoreAudit>? _audit;
    private readonly string? _folder;

    private TestStore(Func<Task<ILedgerStore>> open, Func<IStoreAudit>? audit = null, string? folder = null) =>
        (_open, _audit, _folder) = (open, audit, folder);

    /// <summary>The store itself, where it is one in memory.</summary>
    public MemoryStore? Memory { get; private init; }

    /// <summary>A fresh store.</summary>
    /// <param name="hasTestClock">For a ledger on a test clock: a store remembers which it was made with.</param>
    public static TestStore Create(StoreKind kind, bool hasTestClock = true)
    {
        if (kind == StoreKind.Memory)
        {
            var store = new MemoryStore();
            return new(() => Task.FromResult<ILedgerStore>(store)) { Memory = store };
        }
        if (kind == StoreKind.Postgres) return OnPostgres(hasTestClock);
        var folder = Directory.CreateTempSubdirectory("tally-test-").FullName;
        var options = new SqliteStoreOptions
        {
            Folder = folder, Clock = hasTestClock ? SqliteStoreOptions.TestClock : SqliteStoreOptions.RealClock,
        };
        if (kind == StoreKind.SqliteTiny) options = Tiny(options);
        return new(
            () => Task.FromResult<ILedgerStore>(SqliteLedgerStore.Open(options, StoreFold.Next)),
            () => SqliteAudit.Open(folder), folder);
    }

    /// <summary>Whether there is an <see cref="Audit"/> of it.</summary>
    public bool CanBeRead => _audit is not null;

    /// <summary>Reads it beside whoever has it open; not for one in memory.</summary>
    public IStoreAudit Audit() => _audit?.Invoke() ?? throw new NotSupportedException("a store in memory");

    /// <summary>An embedded store on a test clock as it is in a folder, which whoever made it removes.</summary>
    /// <param name="faultPoint">Called at named points of a write.</param>
    public static TestStore In(string folder, Action<string>? faultPoint = null)
    {
        var options = Tiny(new() { Folder = folder, Clock = SqliteStoreOptions.TestClock, FaultPoint = faultPoint });
        return new(() => Task.FromResult<ILedgerStore>(SqliteLedgerStore.Open(options, StoreFold.Next)));
    }

    /// <summary>What is in such a folder.</summary>
    public static IStoreAudit OpenAudit(string folder) => SqliteAudit.Open(folder);

    /// <summary>The store as a start of the server finds it. Whoever opens it closes it first.</summary>
    public Task<ILedgerStore> OpenAsync() => _open();

    public void Dispose()
    {
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Bounds so small that a few dozen entries make runs and merges.</summary>
    private static SqliteStoreOptions Tiny(SqliteStoreOptions options) => options with
    {
        FlushEntries = 32, BlockBytes = 256, FanIn = 2, StepBlocks = 4, WalBytes = 100_000,
    };

    /// <summary>A database of its own. A busy machine shall not fail a test that is not about time.</summary>
    private static TestStore OnPostgres(bool hasTestClock)
    {
        PostgresStoreOptions? options = null;
        return new(async () =>
        {
            options ??= new()
            {
                Connection = await (await Cluster.Value).CreateDatabaseAsync(),
                Clock = hasTestClock ? PostgresStoreOptions.TestClock : PostgresStoreOptions.RealClock,
                CommitPatience = Patience, ReadPatience = Patience, LockPatience = Patience,
            };
            return await PostgresLedgerStore.OpenAsync(options, StoreFold.Next, default);
        }, () => PostgresAudit.Open(options!));
    }
}
