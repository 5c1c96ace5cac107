using System.Buffers.Text;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite;

/// <summary>
/// The last position that was committed, in a file beside the store: so a log that was deleted, or an older file in the
/// store's place, shows at the next start. It is written behind each commit and never flushed, so that it costs
/// nothing and may be behind; ahead of what is on the disk it cannot be. Called under the store's write lock.
/// </summary>
internal sealed class LastNote : IDisposable
{
    public const string FileName = "tally.last";
    private const int Digits = 20;

    private readonly string _path;
    private FileStream? _file;

    public LastNote(string folder) => _path = Path.Combine(folder, FileName);

    public void Write(long position)
    {
        Span<byte> text = stackalloc byte[Digits];
        Utf8Formatter.TryFormat(position, text, out _, new('D', Digits - 1));
        text[^1] = (byte)'\n';
        try
        {
            _file ??= new(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            RandomAccess.Write(_file.SafeFileHandle, text, 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A full disk, most likely. The note stays behind, and the commit is what counts.
        }
    }

    /// <summary>What was noted last; null where nothing was, or a power cut has left nothing.</summary>
    public static long? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) && Utf8Parser.TryParse(File.ReadAllBytes(path), out long noted, out _)
                ? noted
                : null;
        }
        catch (IOException failure)
        {
            throw new StoreRefusedException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>What a journal lacks that ends at a position, in words; null if nothing of what was noted.</summary>
    public static string? FindLoss(long? noted, long last) => noted > last
        ? $"the journal ends at position {last}, and {noted} had been committed: the log "
            + $"({SqliteStoreOptions.FileName}-wal) or the file itself was removed or exchanged. Put it back; to go on "
            + $"without what is missing, remove {FileName}"
        : null;

    public void Dispose() => _file?.Dispose();
}
