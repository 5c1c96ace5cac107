using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;
using Tallystick.Store.Sqlite.Native;
using Xunit;

namespace Tallystick.Store.Tests;

/// <summary>A folder of its own under the system's temporary one, removed at the end.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tally-store-").FullName;
    public string Database => System.IO.Path.Combine(Path, "tally.db");

    public SqliteStoreOptions Options => new() { Folder = Path, LockPatience = TimeSpan.FromMilliseconds(200) };

    /// <summary>Bounds so small that a few dozen entries make runs and merges.</summary>
    public SqliteStoreOptions Tiny => Options with
    {
        FlushEntries = 16, BlockBytes = 128, FanIn = 2, StepBlocks = 3, WalBytes = 40_000,
    };

    public SqliteLedgerStore Open() => SqliteLedgerStore.Open(Options, TestChains.Fold);

    /// <summary>The files as they are, in a folder of their own: what a start after a crash now would find.</summary>
    public TestFolder Copy()
    {
        var copy = new TestFolder();
        foreach (var file in Directory.GetFiles(Path))
            if (!file.EndsWith("-shm") && !file.EndsWith(".lock"))
                File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        return copy;
    }

    /// <summary>Changes the file behind the store's back.</summary>
    public void Execute(string sql)
    {
        using var connection = new SqliteConnection(Database, Access.Write);
        connection.Execute(sql);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class StoreCalls
{
    extension(ILedgerStore store)
    {
        /// <summary>Commits what must not be refused, and tells the model.</summary>
        public async Task CommitAsync(TestChains chains, params IReadOnlyList<ChainChange> batch)
        {
            Assert.Empty(await store.CommitAsync(batch, CancellationToken.None));
            chains.Accept(batch);
        }

        public async Task TrailAllAsync()
        {
            for (TrailStep step; (step = await store.TrailAsync(CancellationToken.None)) != TrailStep.None;)
                if (step == TrailStep.Later) await Task.Delay(1);
            if (store is PostgresLedgerStore shared) await shared.FlushAsync(CancellationToken.None);
        }
    }
}
