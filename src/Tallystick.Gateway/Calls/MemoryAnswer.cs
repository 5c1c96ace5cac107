namespace Tallystick.Gateway.Calls;

/// <summary>Nobody's answer: what is kept until it is settled is all there is.</summary>
internal sealed class MemoryAnswer : ICallAnswer
{
    public bool IsGone => false;
    public CancellationToken Gone => CancellationToken.None;
    public bool HasBegun { get; private set; }

    public void Begin(int status, string contentType, IEnumerable<KeyValuePair<string, string>> headers) =>
        HasBegun = true;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => ValueTask.CompletedTask;

    public void Abort() { }
}
