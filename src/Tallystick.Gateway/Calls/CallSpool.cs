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
    private const int CompactBytes = 1 << 20;
    private readonly FileStream? _file, _lock;
    private readonly Dictionary<string, SpooledCall> _open = new(StringComparer.Ordinal);

    private CallSpool(FileStream? file, FileStream? taken) => (_file, _lock) = (file, taken);

    public static readonly CallSpool None = new(null, null);

    /// <summary>What an earlier process left unsettled, by the last note of each call.</summary>
    public IReadOnlyList<SpooledCall> Left { get; private set; } = [];

    /// <exception cref="StoreRefusedException">It cannot be opened: another process has it, say.</exception>
    public static CallSpool Open(string path)
    {
        var spool = Opened(path);
        var file = spool._file!;
        using (var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true))
            while (reader.ReadLine() is { } line) spool.Take(line);
        spool.Left = [.. spool._open.Values];
        spool.Compact();
        return spool;
    }

    public void Note(SpooledCall call)
    {
        if (_file is null) return;
        lock (_open)
        {
            _open[call.Key] = call;
            Write(call);
            _file.Flush();
        }
    }

    public void Settled(ChainKey chain, ThingNumber hold)
    {
        if (_file is null) return;
        lock (_open)
        {
            var key = SpooledCall.KeyOf(chain, hold);
            if (!_open.Remove(key)) return;
            if (_open.Count == 0 && _file.Length > CompactBytes) Compact();
            else WriteLine(new JsonObject { ["settled"] = key });
            _file.Flush();
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _lock?.Dispose();
    }

    /// <summary>
    /// Two processes would each take the other's calls in flight for what a killed one left. The lock is beside the
    /// notes, so that these can be looked at.
    /// </summary>
    private static CallSpool Opened(string path)
    {
        FileStream? taken = null;
        try
        {
            taken = new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), taken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            taken?.Dispose();
            throw new StoreRefusedException(
                $"the notes of calls in flight cannot be kept in {path}, one process alone: {fault.Message}",
                fault);
        }
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

    private void Compact()
    {
        _file!.SetLength(0);
        foreach (var call in _open.Values) Write(call);
        _file.Flush();
    }

    private void Write(SpooledCall call) => WriteLine(call.ToJson());

    private void WriteLine(JsonObject note)
    {
        _file!.Seek(0, SeekOrigin.End);
        _file.Write(Encoding.UTF8.GetBytes(note.ToJsonString() + "\n"));
    }
}
