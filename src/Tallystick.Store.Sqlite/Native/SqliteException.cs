namespace Tallystick.Store.Sqlite.Native;

/// <summary>What SQLite answered instead of OK. The code is the extended one; its low byte is the class.</summary>
/// <param name="systemError">What the system said to the log's last write that failed; 0 where none did.</param>
internal sealed class SqliteException(int code, string message, int systemError = 0)
    : Exception($"{message} (SQLite {code})")
{
    public const int Busy = 5;
    public const int ReadOnly = 8;
    public const int IoError = 10;
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int Constraint = 19;
    public const int NotADatabase = 26;
    private const int ReadOnlyFileSystem = 30; // EROFS
    private const int IoErrorWrite = IoError | (3 << 8);
    private const int IoErrorFsync = IoError | (4 << 8);
    private const int IoErrorDirFsync = IoError | (5 << 8);

    public int Class => code & 0xFF;
    public bool IsFailedFlush => code is IoErrorFsync or IoErrorDirFsync;

    /// <summary>The system took nothing of a write to the log: the file system has become read-only.</summary>
    public bool IsRefusedWrite => code == IoErrorWrite && systemError == ReadOnlyFileSystem;
    public bool IsDamage => Class is Corrupt or NotADatabase;
}
