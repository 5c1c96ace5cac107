using System.Reflection;
using System.Runtime.InteropServices;

namespace Tallystick.Store.Sqlite.Native;

/// <summary>
/// The functions of SQLite that the store uses. The system's library is preferred, since its distribution patches it;
/// the packaged one is the fallback. Functions that only copy a value skip the GC transition.
/// </summary>
internal static unsafe partial class Sqlite3
{
    private const string Library = "sqlite3";
    private const string SystemLibrary = "libsqlite3.so.0";
    private const string PackagedLibrary = "e_sqlite3";

    static Sqlite3() => NativeLibrary.SetDllImportResolver(typeof(Sqlite3).Assembly, Resolve);

    /// <summary>The version of the loaded library, such as 3.40.1.</summary>
    public static string Version => Marshal.PtrToStringUTF8(sqlite3_libversion())!;

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        return NativeLibrary.TryLoad(SystemLibrary, assembly, path, out var system)
            ? system
            : NativeLibrary.Load(PackagedLibrary, assembly, path);
    }

    [LibraryImport(Library)]
    private static partial nint sqlite3_libversion();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_open_v2(string path, out nint db, int flags, nint vfs);

    [LibraryImport(Library)]
    internal static partial int sqlite3_close_v2(nint db);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_errmsg(nint db);

    [LibraryImport(Library)]
    internal static partial int sqlite3_file_control(nint db, nint schema, int operation, void* argument);

    [LibraryImport(Library)]
    internal static partial int sqlite3_extended_result_codes(nint db, int on);

    [LibraryImport(Library)]
    internal static partial int sqlite3_busy_timeout(nint db, int milliseconds);

    [LibraryImport(Library)]
    internal static partial int sqlite3_get_autocommit(nint db);

    [LibraryImport(Library)]
    internal static partial int sqlite3_changes(nint db);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_exec(nint db, string sql, nint callback, nint context, nint message);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_prepare_v3(
        nint db, string sql, int length, uint flags, out nint statement, nint tail);

    [LibraryImport(Library)]
    internal static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_bind_int64(nint statement, int index, long value);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_bind_null(nint statement, int index);

    [LibraryImport(Library)]
    internal static partial int sqlite3_bind_blob(nint statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library)]
    internal static partial int sqlite3_bind_text(nint statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_blob(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial byte* sqlite3_column_text(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial int sqlite3_column_bytes(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int sqlite3_column_type(nint statement, int column);

    [LibraryImport(Library)]
    internal static partial int sqlite3_wal_checkpoint_v2(
        nint db, nint schema, int mode, out int framesInLog, out int framesDone);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_wal_hook(
        nint db, delegate* unmanaged[Cdecl]<void*, nint, nint, int, int> hook, void* context);
}
