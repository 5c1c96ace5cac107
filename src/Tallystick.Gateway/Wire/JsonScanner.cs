using System.Buffers;

namespace Tallystick.Gateway.Wire;

/// <summary>
/// Finds values in JSON that arrives in pieces cut anywhere, and keeps nothing but what it was asked to capture: a
/// response of any size is read in constant memory. It judges nothing: what is not JSON simply yields no values.
/// Several documents may follow each other, or be the elements of one list. Not thread-safe; never throws on input.
/// </summary>
internal sealed class JsonScanner(JsonPaths paths, IJsonSink sink)
{
    /// <summary>A usage object has some 300 bytes; with the iterations of a long agent run a few thousand.</summary>
    private const int CaptureMax = 64 << 10;

    /// <summary>Longer names match no path.</summary>
    private const int NameMax = 64;

    /// <summary>Beyond it a document is given up: no provider nests a tenth as deep.</summary>
    private const int DepthMax = 512;

    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> LiteralEnds = SearchValues.Create(" \t\r\n,:]}[{\""u8);

    private enum Within : byte { Structure, Name, String, Literal }

    private readonly bool[] _isObject = new bool[DepthMax];
    private readonly JsonPaths?[] _nodes = new JsonPaths?[DepthMax];
    private readonly byte[] _name = new byte[NameMax];
    private readonly ArrayBufferWriter<byte> _capture = new();
    private Within _within;
    private bool _escaped, _nameDue, _lost, _overlong;
    private int _depth, _nameLength;
    private int _captureDepth = -1;
    private JsonPaths? _capturing;
    private JsonPaths? _value;

    /// <summary>Nothing is open; true also of what was given up.</summary>
    public bool IsBalanced => _lost || (_depth == 0 && _within is Within.Structure or Within.Literal);

    /// <summary>Abandons what is open: the frame around the document has ended.</summary>
    public void Reset()
    {
        _within = Within.Structure;
        _escaped = _nameDue = _lost = _overlong = false;
        _depth = 0;
        _value = _capturing = null;
        _captureDepth = -1;
        _capture.Clear();
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_lost)
        {
            var taken = _within switch
            {
                Within.Structure => FeedStructure(bytes[0]),
                Within.Literal => FeedLiteral(bytes),
                _ => FeedString(bytes),
            };
            bytes = bytes[taken..];
        }
    }

    private int FeedStructure(byte next)
    {
        switch (next)
        {
            case (byte)'{' or (byte)'[':
                Begin();
                Keep([next]);
                Open(isObject: next == '{');
                break;
            case (byte)'}' or (byte)']':
                Keep([next]);
                Close();
                break;
            case (byte)'"' when _nameDue:
                Keep([next]);
                (_within, _nameLength) = (Within.Name, 0);
                break;
            case (byte)'"':
                Begin();
                Keep([next]);
                _within = Within.String;
                break;
            case (byte)',':
                Keep([next]);
                _nameDue = _depth > 0 && _isObject[_depth - 1];
                break;
            case (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                Keep([next]);
                break;
            default:
                Begin();
                _within = Within.Literal;
                return 0;
        }
        return 1;
    }

    private int FeedLiteral(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny(LiteralEnds);
        Keep(end < 0 ? bytes : bytes[..end]);
        if (end < 0) return bytes.Length;
        _within = Within.Structure;
        End();
        return end;
    }

    private int FeedString(ReadOnlySpan<byte> bytes)
    {
        if (_escaped)
        {
            _escaped = false;
            KeepText(bytes[..1]);
            return 1;
        }
        var end = bytes.IndexOfAny(StringEnds);
        KeepText(end < 0 ? bytes : bytes[..end]);
        if (end < 0) return bytes.Length;
        if (bytes[end] == '\\')
        {
            _escaped = true;
            KeepText(bytes.Slice(end, 1));
            return end + 1;
        }
        Keep(bytes.Slice(end, 1));
        if (_within == Within.Name) EndName();
        else
        {
            _within = Within.Structure;
            End();
        }
        return end + 1;
    }

    private void EndName()
    {
        _within = Within.Structure;
        _nameDue = false;
        _value = _nameLength <= NameMax ? _nodes[_depth - 1]?.Find(_name.AsSpan(0, _nameLength)) : null;
    }

    private void KeepText(ReadOnlySpan<byte> piece)
    {
        Keep(piece);
        if (_within == Within.String)
        {
            if (_value is { Use: PathUse.Text } && !piece.IsEmpty) sink.Text(_value.Tag, piece);
            return;
        }
        if (_nameLength + piece.Length <= NameMax) piece.CopyTo(_name.AsSpan(_nameLength));
        _nameLength += piece.Length;
    }

    /// <summary>
    /// A value begins: of a member, at the node of its name; of a list, at the list's node; else at the root.
    /// </summary>
    private void Begin()
    {
        if (_depth == 0) _value = paths;
        else if (!_isObject[_depth - 1])
        {
            _value = _nodes[_depth - 1];
            if (_value is { Use: PathUse.Elements }) sink.Element(_value.Tag);
        }
        if (_captureDepth >= 0 || _value is not { Use: PathUse.Capture }) return;
        _capturing = _value;
        _captureDepth = _depth;
    }

    private void End()
    {
        if (_captureDepth != _depth) return;
        if (_overlong) sink.Overlong(_capturing!.Tag);
        else sink.Captured(_capturing!.Tag, _capture.WrittenSpan);
        _captureDepth = -1;
        _overlong = false;
        _capture.ResetWrittenCount();
    }

    private void Open(bool isObject)
    {
        if (_depth == DepthMax)
        {
            _lost = true;
            return;
        }
        _nodes[_depth] = _value;
        _isObject[_depth++] = isObject;
        _nameDue = isObject;
    }

    private void Close()
    {
        if (_depth == 0) return;
        _value = _nodes[--_depth];
        _nameDue = false;
        End();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_captureDepth < 0 || _overlong) return;
        if (_capture.WrittenCount + bytes.Length > CaptureMax) _overlong = true;
        else _capture.Write(bytes);
    }
}
