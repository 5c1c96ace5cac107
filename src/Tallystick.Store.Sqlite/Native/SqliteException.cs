namespace Tallystick.Store.Sqlite.Native;

/// <summary>What SQLite answered instead of OK. The code is the extended one; its low byte is the class.</summary>
internal sealed class SqliteException(int code, string message) : Exception($"{message} (SQLite {code})")
{
    public const int Busy = 5;
    public const int IoError = 10;
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int Constraint = 19;
    public const int NotADatabase = 26;
    private const int IoErrorFsync = IoError | (4 << 8);
    private const int IoErrorDirFsync = IoError | (5 << 8);

    public int Class => code & 0xFF;
    public bool IsFailedFlush => code is IoErrorFsync or IoErrorDirFsync;
    public bool IsDamage => Class is Corrupt or NotADatabase;
}
