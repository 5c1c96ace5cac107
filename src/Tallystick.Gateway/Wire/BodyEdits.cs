using System.Buffers;

namespace Tallystick.Gateway.Wire;

/// <summary>
/// Changes to a body that leave every other byte as it came: prompts are large, and a provider's cache goes by bytes.
/// </summary>
internal sealed class BodyEdits(ReadOnlyMemory<byte> body)
{
    private readonly List<(int Start, int Length, byte[] Bytes)> _edits = [];

    public void Replace(int start, int length, byte[] bytes) => _edits.Add((start, length, bytes));

    public void Insert(int at, byte[] bytes) => _edits.Add((at, 0, bytes));

    public long Length => body.Length + _edits.Sum(edit => (long)edit.Bytes.Length - edit.Length);

    /// <summary>The edited body as slices of the first one and what goes between them.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Slices()
    {
        var at = 0;
        foreach (var (start, length, bytes) in _edits.OrderBy(edit => (edit.Start, edit.Length)))
        {
            if (start > at) yield return body[at..start];
            yield return bytes;
            at = start + length;
        }
        if (at < body.Length) yield return body[at..];
    }

    public byte[] ToArray()
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Max(1, Length));
        foreach (var slice in Slices()) buffer.Write(slice.Span);
        return buffer.WrittenSpan.ToArray();
    }
}
