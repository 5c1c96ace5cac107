using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// Keeps a second writer out of a folder. The system drops the lock with the process, however that ends. (.NET takes an
/// flock for FileShare.None; SQLite's own locks would let two writers take turns, which no writer here expects.)
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = "tally.lock";
    private const int RetryMs = 50;

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string folder, TimeSpan patience)
    {
        var path = Path.Combine(folder, FileName);
        for (var waitedMs = 0; ; waitedMs += RetryMs)
        {
            try
            {
                return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException failure) when (IsTaken(failure))
            {
                if (waitedMs >= patience.TotalMilliseconds)
                    throw new StoreRefusedException($"another process writes to {folder} ({path} is locked)", failure);
                Thread.Sleep(RetryMs);
            }
        }
    }

    /// <summary>A full or read-only disk is no other writer. .NET has the system's own number of the fault.</summary>
    private static bool IsTaken(IOException failure)
    {
        const int LinuxWouldBlock = 11, MacWouldBlock = 35, WindowsSharing = unchecked((int)0x80070020);
        return failure.HResult == (OperatingSystem.IsWindows() ? WindowsSharing
            : OperatingSystem.IsMacOS() ? MacWouldBlock : LinuxWouldBlock);
    }

    public void Dispose() => _file.Dispose();
}
