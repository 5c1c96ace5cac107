using System.Diagnostics;

namespace Tallystick.Testing;

/// <summary>
/// A disk whose power can be cut: a file system of its own in an image that is mounted. With the power everything goes
/// that had not been flushed, at one instant; the next mount finds what a start after a power cut finds. Each cut
/// checks itself: a text that was written and not flushed must be lost. Needs root and loop devices, and says so where
/// there are none.
/// </summary>
public sealed class CuttableDisk : IDisposable
{
    // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing more reaches the device, not even what the file
    // system's own journal has not written yet.
    private const string CutScript =
        "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";
    private const string Unflushed = "this was never flushed";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly string _image;
    private readonly string _canary;

    private CuttableDisk(string folder)
    {
        _folder = folder;
        _image = System.IO.Path.Combine(folder, "image");
        Path = System.IO.Path.Combine(folder, "disk");
        _canary = System.IO.Path.Combine(Path, "canary");
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    public static CuttableDisk Create(int megabytes)
    {
        var disk = new CuttableDisk(Directory.CreateTempSubdirectory("tally-disk-").FullName);
        Directory.CreateDirectory(disk.Path);
        using (var image = File.Create(disk._image)) image.SetLength((long)megabytes << 20);
        try
        {
            Shell.Run("mkfs.ext4", "-q", "-F", "-m", "0", disk._image);
            disk.Mount();
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Directory.Delete(disk._folder, recursive: true);
            throw new InvalidOperationException(
                "Power cuts need root, mkfs.ext4 and a loop device to mount an image from: " + fault.Message, fault);
        }
        // Others may not be let into a temporary folder of root's.
        Shell.Run("chmod", "o+x", disk._folder);
        return disk;
    }

    /// <summary>
    /// From now on every write and flush fails, and what was not flushed is lost. Whoever works in a folder of the disk
    /// ends with it: stopped before, so that nobody hears of a flush that was under way (the driver may well report it
    /// as done), and killed after.
    /// </summary>
    /// <param name="process">One that works elsewhere and ends, too.</param>
    public void Cut(int? process = null)
    {
        var users = Process.GetProcesses().Select(one => one.Id).Where(id => id == process || WorksHere(id)).ToList();
        foreach (var user in users) Signal("STOP", user);
        // Created and not truncated: ext4 flushes by itself what takes the place of something else.
        using (var canary = new FileStream(_canary, FileMode.CreateNew))
            canary.Write(System.Text.Encoding.ASCII.GetBytes(Unflushed));
        Shell.Run("python3", "-c", CutScript, Path);
        foreach (var user in users) Signal("KILL", user);
    }

    /// <summary>Mounts again what is left, as soon as nobody has a file of it open.</summary>
    public async Task PowerOnAsync()
    {
        for (var began = Stopwatch.GetTimestamp(); !TryUnmount(); await Task.Delay(50))
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException($"{Path} is still in use");
        Mount();
        if (!File.Exists(_canary)) return;
        if (File.ReadAllText(_canary).Contains(Unflushed, StringComparison.Ordinal))
            throw new InvalidOperationException("what was never flushed is still there: the power was not cut");
        File.Delete(_canary);
    }

    /// <summary>As a disk that reports an error: the kernel makes the file system read-only under its users.</summary>
    public void BecomeReadOnly()
    {
        var device = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).First(at => at[1] == Path)[0];
        File.WriteAllText($"/sys/fs/ext4/{System.IO.Path.GetFileName(device)}/trigger_fs_error", "1");
    }

    public void Dispose()
    {
        // A process that was killed a moment ago may have its files open for another one.
        if (!TryUnmount()) Shell.Run("umount", "-l", Path);
        Directory.Delete(_folder, recursive: true);
    }

    private static void Signal(string signal, int process)
    {
        try
        {
            Shell.Run("kill", $"-{signal}", $"{process}");
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }
    }

    private bool WorksHere(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/cwd", returnFinalTarget: false)!.FullName
                .StartsWith(Path + "/", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Mount() => Shell.Run("mount", "-o", "loop,noatime,noauto_da_alloc,errors=remount-ro", _image, Path);

    private bool TryUnmount()
    {
        try
        {
            Shell.Run("umount", Path);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
