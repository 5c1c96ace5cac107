using System.Buffers;

namespace Tallystick.Gateway.Calls;

/// <summary>Passes an answer on and remembers it, as long as it is small enough to be kept for a replay.</summary>
internal sealed class RecordedAnswer(ICallAnswer inner) : ICallAnswer
{
    /// <summary>Of the answer, as it was sent. What is longer cannot be given again.</summary>
    public const int BytesMax = 256 << 10;

    private readonly ArrayBufferWriter<byte> _kept = new();
    private bool _isTooLong;

    public bool IsGone => inner.IsGone;
    public CancellationToken Gone => inner.Gone;
    public bool HasBegun => inner.HasBegun;
    public void Abort() => inner.Abort();
    public byte[]? Kept => _isTooLong ? null : _kept.WrittenSpan.ToArray();

    public void Begin(int status, string contentType, IEnumerable<KeyValuePair<string, string>> headers) =>
        inner.Begin(status, contentType, headers);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        _isTooLong |= _kept.WrittenCount + bytes.Length > BytesMax;
        if (!_isTooLong) _kept.Write(bytes.Span);
        return inner.WriteAsync(bytes, cancel);
    }
}
