using System.Diagnostics.CodeAnalysis;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// What waits for a lane. The projects take turns, each with what it has asked first, so that one that asks for much
/// keeps nobody waiting but itself. Bounded; many write and one reads.
/// </summary>
internal sealed class FairQueue(int countMax)
{
    /// <summary>So many of a project are taken also where others have filled the queue.</summary>
    private const int ReservedMax = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Queue<Ticket>> _lines = [];
    private readonly Queue<(int Project, Queue<Ticket> Line)> _turns = new();

    /// <summary>What came after a mark that waits for everything before it.</summary>
    private readonly Queue<Ticket> _later = new();
    private Ticket? _mark;
    private TaskCompletionSource<bool>? _reader;
    private int _count;
    private bool _isComplete;

    public int Count => Volatile.Read(ref _count);

    /// <summary>False when there is no room for it, or nothing more is taken.</summary>
    public bool TryWrite(Ticket ticket)
    {
        lock (_gate)
        {
            if (_isComplete || !HasRoom(ticket)) return false;
            Place(ticket);
            _count++;
            _reader?.TrySetResult(true);
            _reader = null;
            return true;
        }
    }

    public bool TryRead([NotNullWhen(true)] out Ticket? ticket)
    {
        lock (_gate)
        {
            ticket = _turns.TryDequeue(out var turn) ? Next(turn.Project, turn.Line) : Pass();
            if (ticket is not null) _count--;
            return ticket is not null;
        }
    }

    /// <summary>True as soon as there is something to read; false when there never will be.</summary>
    public Task<bool> WaitToReadAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_count > 0) return Task.FromResult(true);
            if (_isComplete) return Task.FromResult(false);
            _reader ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _reader.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Takes nothing more; what is there can be read.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            _reader?.TrySetResult(_count > 0);
            _reader = null;
        }
    }

    /// <summary>A mark has always room: it is nobody's.</summary>
    private bool HasRoom(Ticket ticket) =>
        _count < countMax || ticket.Request is not { Chain.Project: var project }
        || (_mark is null && (!_lines.TryGetValue(project, out var line) || line.Count < ReservedMax));

    private void Place(Ticket ticket)
    {
        if (_mark is not null)
        {
            _later.Enqueue(ticket);
        }
        else if (ticket.Request is not { Chain.Project: var project })
        {
            _mark = ticket;
        }
        else if (_lines.TryGetValue(project, out var line))
        {
            line.Enqueue(ticket);
        }
        else
        {
            _lines[project] = line = new([ticket]);
            _turns.Enqueue((project, line));
        }
    }

    private Ticket Next(int project, Queue<Ticket> line)
    {
        var ticket = line.Dequeue();
        if (line.Count > 0) _turns.Enqueue((project, line)); else _lines.Remove(project);
        return ticket;
    }

    /// <summary>The mark, once nothing is before it; what came after it is next, up to the next mark.</summary>
    private Ticket? Pass()
    {
        var mark = _mark;
        _mark = null;
        while (_mark is null && _later.TryDequeue(out var ticket)) Place(ticket);
        return mark;
    }
}
