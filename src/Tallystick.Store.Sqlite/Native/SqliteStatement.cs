using System.Text;
using static Tallystick.Store.Sqlite.Native.Sqlite3;

namespace Tallystick.Store.Sqlite.Native;

/// <summary>
/// A prepared statement. Bound bytes are copied by SQLite, or (Run) pinned for the length of the call.
/// </summary>
internal sealed unsafe class SqliteStatement(SqliteConnection connection, nint statement) : IDisposable
{
    private const int Row = 100;
    private const int Done = 101;
    private const int TypeNull = 5;
    private const nint Copy = -1;

    private nint _statement = statement;

    public void Bind(int index, long value) => connection.Check(sqlite3_bind_int64(_statement, index, value));
    public void BindNull(int index) => connection.Check(sqlite3_bind_null(_statement, index));

    public void Bind(int index, ReadOnlySpan<byte> value)
    {
        // SQLite takes a null pointer for NULL; an empty span has one.
        byte none = 0;
        fixed (byte* bytes = value)
            connection.Check(sqlite3_bind_blob(_statement, index, bytes is null ? &none : bytes, value.Length, Copy));
    }

    public void Bind(int index, string value)
    {
        byte none = 0;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(value))
        {
            var length = Encoding.UTF8.GetByteCount(value);
            connection.Check(sqlite3_bind_text(_statement, index, bytes is null ? &none : bytes, length, Copy));
        }
    }

    /// <summary>True while there is a row. A failed statement is reset, so that it can be used again.</summary>
    public bool Step()
    {
        var code = sqlite3_step(_statement);
        if (code == Row) return true;
        if (code == Done) return false;
        try
        {
            connection.Check(code);
            return false;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    // The code that reset gives is that of the failed step before, which has been reported.
    public void Reset() => _ = sqlite3_reset(_statement);

    public bool IsNull(int column) => sqlite3_column_type(_statement, column) == TypeNull;
    public long Int(int column) => sqlite3_column_int64(_statement, column);

    public byte[] Blob(int column)
    {
        var bytes = sqlite3_column_blob(_statement, column);
        return new ReadOnlySpan<byte>(bytes, sqlite3_column_bytes(_statement, column)).ToArray();
    }

    /// <exception cref="SqliteException">There is none: of those read so only damage makes NULL.</exception>
    public string Text(int column)
    {
        var bytes = sqlite3_column_text(_statement, column);
        if (bytes == null) throw new SqliteException(SqliteException.Corrupt, $"column {column} has no text");
        return Encoding.UTF8.GetString(bytes, sqlite3_column_bytes(_statement, column));
    }

    public void Dispose()
    {
        if (_statement != 0) _ = sqlite3_finalize(_statement);
        _statement = 0;
    }
}
