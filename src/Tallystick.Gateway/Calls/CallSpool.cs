using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// A note of what each call in flight has come to so far, in a file of this process alone. What a process that is
/// killed leaves unsettled, the next one settles by its last note. A note survives the process, not the machine: it is
/// not flushed, and a hold without a note is given back when it expires. Thread-safe.
/// </summary>
internal sealed class CallSpool : IDisposable
{
    private const long CompactBytesMin = 1 << 20;
    private readonly string _path = "";
    private readonly FileStream? _lock;
    private readonly Dictionary<string, SpooledCall> _open = new(StringComparer.Ordinal);
    private FileStream? _file;
    private long _compactAt = CompactBytesMin;

    private CallSpool()
    {
    }

    /// <summary>
    /// Two processes would each take the other's calls in flight for what a killed one left. The lock is beside the
    /// notes, so that these can be looked at.
    /// </summary>
    private CallSpool(string path)
    {
        _path = path;
        _lock = new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            _file = Opened(path, FileMode.OpenOrCreate);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public static readonly CallSpool None = new();

    /// <summary>What an earlier process left unsettled, by the last note of each call.</summary>
    public IReadOnlyList<SpooledCall> Left { get; private set; } = [];

    /// <exception cref="StoreRefusedException">It cannot be opened: another process has it, say.</exception>
    public static CallSpool Open(string path)
    {
        CallSpool? spool = null;
        try
        {
            spool = new(path);
            using (var reader = new StreamReader(spool._file!, Encoding.UTF8, leaveOpen: true))
                while (reader.ReadLine() is { } line) spool.Take(line);
            spool.Left = [.. spool._open.Values];
            spool.Compact();
            return spool;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            spool?.Dispose();
            throw new StoreRefusedException(
                $"the notes of calls in flight cannot be kept in {path}, one process alone: {fault.Message}",
                fault);
        }
    }

    public void Note(SpooledCall call)
    {
        if (_file is null) return;
        lock (_open)
        {
            _open[call.Key] = call;
            Append(call.ToJson());
        }
    }

    public void Settled(ChainKey chain, ThingNumber hold)
    {
        if (_file is null) return;
        lock (_open)
        {
            var key = SpooledCall.KeyOf(chain, hold);
            if (_open.Remove(key)) Append(new() { ["settled"] = key });
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _lock?.Dispose();
    }

    /// <summary>A line that was cut off when the process was killed says nothing.</summary>
    private void Take(string line)
    {
        JsonNode? note;
        try
        {
            note = JsonNode.Parse(line);
        }
        catch (System.Text.Json.JsonException)
        {
            return;
        }
        if ((string?)note?["settled"] is { } settled) _open.Remove(settled);
        else if (note is JsonObject open && SpooledCall.Read(open) is { } call) _open[call.Key] = call;
    }

    private void Append(JsonObject note)
    {
        Write(_file!, note);
        if (_file!.Position > _compactAt) Compact();
    }

    /// <summary>
    /// What is open goes into a file that takes the other's place: killed at any moment, one of them is whole.
    /// </summary>
    private void Compact()
    {
        var next = Opened(_path + ".next", FileMode.Create);
        try
        {
            foreach (var call in _open.Values) Write(next, call.ToJson());
            File.Move(next.Name, _path, overwrite: true);
        }
        catch
        {
            next.Dispose();
            throw;
        }
        _file!.Dispose();
        _file = next;
        _compactAt = Math.Max(CompactBytesMin, 2 * next.Position);
    }

    /// <summary>Without a buffer: what could not be written whole is written over by what comes next.</summary>
    private static FileStream Opened(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    private static void Write(FileStream to, JsonObject note) =>
        to.Write(Encoding.UTF8.GetBytes(note.ToJsonString() + "\n"));
}
