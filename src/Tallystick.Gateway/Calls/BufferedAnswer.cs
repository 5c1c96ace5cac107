using System.Buffers;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Keeps an answer until it is known what it cost, so that its head can say so; one that is too large goes on unkept.
/// </summary>
internal sealed class BufferedAnswer(ICallAnswer inner) : ICallAnswer
{
    private const int BytesMax = 16 << 20;
    private readonly ArrayBufferWriter<byte> _kept = new();
    private Action? _begin;

    public bool IsGone => inner.IsGone;
    public CancellationToken Gone => inner.Gone;
    public bool HasBegun => inner.HasBegun;
    public void Abort() => inner.Abort();
    public ReadOnlyMemory<byte> Kept => _kept.WrittenMemory;

    public void Begin(int status, string contentType, IEnumerable<KeyValuePair<string, string>> headers) =>
        _begin = () => inner.Begin(status, contentType, headers);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (inner.HasBegun) await inner.WriteAsync(bytes, cancel);
        else if (_kept.WrittenCount + bytes.Length <= BytesMax) _kept.Write(bytes.Span);
        else
        {
            _begin!();
            await inner.WriteAsync(_kept.WrittenMemory, cancel);
            await inner.WriteAsync(bytes, cancel);
        }
    }
}
