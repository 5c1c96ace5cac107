namespace Tallystick.Gateway.Wire;

/// <summary>
/// Reads the frames of a stream of server-sent events that arrives in pieces cut anywhere, and feeds the data of each
/// to a scanner. Lines may end in CR, LF or CRLF; comments and fields other than <c>data</c> are passed over. Keeps no
/// bytes.
/// </summary>
internal sealed class SseReader(JsonScanner scanner)
{
    private enum At : byte { Line, Name, Space, Data, Rest }

    private static ReadOnlySpan<byte> Field => "data:"u8;
    private static ReadOnlySpan<byte> DoneMark => "[DONE]"u8;

    private At _at;
    private int _matched, _doneMatched;
    private bool _afterCarriageReturn, _endedLast, _hasData;

    /// <summary>The stream said <c>[DONE]</c>.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Events that had data.</summary>
    public long Events { get; private set; }

    /// <summary>No event is half read: another may be put here.</summary>
    public bool IsBetweenEvents => _at == At.Line && !_hasData;

    /// <summary>What was taken last is but the line feed that completes the blank line of the event before.</summary>
    public bool TookTail { get; private set; }

    /// <summary>
    /// Reads up to the end of one event, its blank line included, or all there is. Returns how much it took.
    /// </summary>
    public int Feed(ReadOnlySpan<byte> bytes, out bool ended)
    {
        var taken = 0;
        ended = false;
        TookTail = _endedLast && _afterCarriageReturn && bytes is [(byte)'\n', ..];
        _endedLast = false;
        if (TookTail)
        {
            _afterCarriageReturn = false;
            return 1;
        }
        while (taken < bytes.Length && !ended)
        {
            var next = bytes[taken];
            if (_afterCarriageReturn)
            {
                _afterCarriageReturn = false;
                if (next == '\n')
                {
                    taken++;
                    continue;
                }
            }
            if (next is (byte)'\r' or (byte)'\n')
            {
                _afterCarriageReturn = next == '\r';
                ended = EndLine();
                taken++;
            }
            else taken += FeedLine(bytes[taken..]);
        }
        // A blank line of CR LF is one: its second half belongs to the event that it ends.
        if (ended && _afterCarriageReturn && taken < bytes.Length && bytes[taken] == '\n')
        {
            _afterCarriageReturn = false;
            taken++;
        }
        _endedLast = ended;
        return taken;
    }

    private int FeedLine(ReadOnlySpan<byte> bytes)
    {
        switch (_at)
        {
            case At.Line:
                (_at, _matched) = (At.Name, 0);
                return 0;
            case At.Name:
                if (bytes[0] != Field[_matched]) _at = At.Rest;
                else if (++_matched == Field.Length) Begin();
                return 1;
            case At.Space:
                _at = At.Data;
                return bytes[0] == ' ' ? 1 : 0;
            default:
                var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
                var piece = end < 0 ? bytes : bytes[..end];
                if (_at == At.Data) Data(piece);
                return piece.Length;
        }
    }

    private void Begin()
    {
        _at = At.Space;
        if (!_hasData) _doneMatched = 0;
        _hasData = true;
    }

    private void Data(ReadOnlySpan<byte> piece)
    {
        scanner.Feed(piece);
        if (_doneMatched < 0) return;
        var left = DoneMark[_doneMatched..];
        _doneMatched = piece.Length <= left.Length && left.StartsWith(piece) ? _doneMatched + piece.Length : -1;
    }

    /// <summary>True when the line was blank after some data: an event is complete.</summary>
    private bool EndLine()
    {
        var blank = _at == At.Line;
        _at = At.Line;
        if (!blank) return false;
        if (_hasData) Complete();
        return true;
    }

    /// <summary>The stream is over: an event without its blank line counts too.</summary>
    public void Complete()
    {
        if (!_hasData) return;
        Events++;
        _hasData = false;
        if (_doneMatched == DoneMark.Length) IsDone = true;
        scanner.Reset();
    }
}
