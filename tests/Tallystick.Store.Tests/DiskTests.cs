using System.Diagnostics;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Store.Tests;

public sealed class DiskTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestChains _chains = new();

    [Fact]
    public async Task A_full_file_stores_nothing_and_the_store_goes_on_once_there_is_room()
    {
        var pages = 1_000_000L;
        var options = _folder.Tiny with { MaxPages = () => Volatile.Read(ref pages) };
        await using var store = SqliteLedgerStore.Open(options, TestChains.Fold);
        await store.CommitAsync(_chains, _chains.Change(1, new Wish("first")));
        pages = 1;
        await FillAsync(store);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.CommitAsync([_chains.Change(1, Many(50))], default));
        await ModelCheck.AllAsync(store, _chains, new(1));
        pages = 1_000_000;
        await store.CommitAsync(_chains, _chains.Change(1, Many(50)));
        await store.TrailAllAsync();
        await ModelCheck.AllAsync(store, _chains, new(2));
        AuditCheck.All(_folder.Path, _chains);
    }

    [Fact]
    public async Task A_full_disk_stores_nothing_and_the_store_goes_on_once_there_is_room_S1_Q14()
    {
        using var disk = SmallDisk.TryMount(Path.Combine(_folder.Path, "disk"), megabytes: 2);
        Assert.SkipWhen(disk is null, "mounting a tmpfs is not permitted here");
        var options = _folder.Tiny with { Folder = disk.Path };
        var ballast = Path.Combine(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[800_000]);
        await using (var store = SqliteLedgerStore.Open(options, TestChains.Fold))
        {
            await store.ProbeAsync(default);
            await FillAsync(store);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => ProbeUntilRefusedAsync(store));
            await ModelCheck.AllAsync(store, _chains, new(1));
            File.Delete(ballast);
            await store.ProbeAsync(default);
            for (var i = 0; i < 5; i++) await store.CommitAsync(_chains, _chains.Change(i, Many(20)));
            await store.TrailAllAsync();
            await ModelCheck.AllAsync(store, _chains, new(2));
        }
        await using var again = SqliteLedgerStore.Open(options, TestChains.Fold);
        await ModelCheck.AllAsync(again, _chains, new(3));
        AuditCheck.All(disk.Path, _chains);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A probe is one page of the log: it may still fit where a batch did not.</summary>
    private static async Task ProbeUntilRefusedAsync(SqliteLedgerStore store)
    {
        for (var i = 0; i < 1_000; i++) await store.ProbeAsync(default);
    }

    /// <summary>Commits until there is no room for one more; what was refused is not in the model.</summary>
    private async Task FillAsync(SqliteLedgerStore store)
    {
        for (var i = 0; i < 10_000; i++)
        {
            var change = _chains.Change(i % 4, Many(5));
            try
            {
                Assert.Empty(await store.CommitAsync([change], default));
                _chains.Accept(change);
                await store.TrailAsync(default);
            }
            catch (StoreUnavailableException)
            {
                return;
            }
        }
        Assert.Fail("the disk never filled");
    }

    private static List<Wish> Many(int count) =>
    [
        .. Enumerable.Range(0, count)
            .Select(i => new Wish($"key-{Guid.NewGuid()}", null, i % 3 == 0, new string('x', 300))),
    ];

    private sealed class SmallDisk : IDisposable
    {
        public required string Path { get; init; }

        public static SmallDisk? TryMount(string path, int megabytes)
        {
            Directory.CreateDirectory(path);
            var isMounted = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);
            return isMounted ? new() { Path = path } : null;
        }

        public void Dispose() => Run("umount", "-l", Path);

        private static bool Run(string file, params string[] arguments)
        {
            try
            {
                var start = new ProcessStartInfo(file, arguments) { RedirectStandardError = true };
                using var process = Process.Start(start);
                process!.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
