using Tallystick.Engine;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;
using Tallystick.Testing;

namespace Tallystick.Simulation.Tests;

/// <summary>The real store behind all nodes of one run.</summary>
internal abstract class Backing : IDisposable
{
    /// <summary>How many nodes may serve from it at once.</summary>
    public abstract int NodesMax { get; }

    /// <summary>Apart from the world's scheduler, which the real store shall not know.</summary>
    public ILedgerStore Open() => Task.Run(OpenAsync).GetAwaiter().GetResult();

    /// <summary>What a killed process leaves behind. Called while nothing is being written.</summary>
    public abstract void Kill(ILedgerStore store);

    public abstract IStoreAudit Audit();
    public abstract void Dispose();
    protected abstract Task<ILedgerStore> OpenAsync();

    protected static void End(ILedgerStore store) =>
        Task.Run(async () => await store.DisposeAsync()).GetAwaiter().GetResult();
}

/// <summary>A folder in memory. A kill keeps the files as they are at that moment, whatever the process knew.</summary>
internal sealed class SqliteBacking : Backing
{
    private const string Memory = "/dev/shm";
    private readonly string _root = Directory.CreateDirectory(Path.Combine(
        Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"tally-simulated-{Guid.NewGuid():N}")).FullName;

    private int _kills;

    public override int NodesMax => 1;
    private string Folder => Path.Combine(_root, $"{_kills}");

    protected override Task<ILedgerStore> OpenAsync() => Task.FromResult<ILedgerStore>(SqliteLedgerStore.Open(
        new()
        {
            // Bounds so small that a hundred entries make runs and merges.
            Folder = Folder, Clock = SqliteStoreOptions.TestClock, FlushEntries = 16, BlockBytes = 256, FanIn = 2,
            StepBlocks = 3, WalBytes = 40_000,
        },
        StoreFold.Next));

    public override void Kill(ILedgerStore store)
    {
        var before = Folder;
        _kills++;
        Directory.CreateDirectory(Folder);
        foreach (var file in Directory.EnumerateFiles(before, $"{SqliteStoreOptions.FileName}*"))
            if (!file.EndsWith("-shm", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        End(store);
    }

    public override IStoreAudit Audit() => SqliteAudit.Open(Folder);
    public override void Dispose() => Directory.Delete(_root, recursive: true);
}

/// <summary>A database of PostgreSQL. A kill ends the node's connections.</summary>
internal sealed class PostgresBacking(string connection) : Backing
{
    public override int NodesMax => 4;

    protected override async Task<ILedgerStore> OpenAsync() => await PostgresLedgerStore.OpenAsync(
        new()
        {
            Connection = connection, Writers = 3, Readers = 2, CommitPatience = TimeSpan.FromSeconds(20),
            ReadPatience = TimeSpan.FromSeconds(20), LockPatience = TimeSpan.FromSeconds(10),
        },
        StoreFold.Next, default);

    public override void Kill(ILedgerStore store) => End(store);
    public override IStoreAudit Audit() => PostgresAudit.Open(new() { Connection = connection });

    public override void Dispose() =>
        PostgresCluster.ExecuteAsync(connection, "SELECT 1").GetAwaiter().GetResult();
}
