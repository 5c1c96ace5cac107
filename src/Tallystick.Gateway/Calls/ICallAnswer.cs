namespace Tallystick.Gateway.Calls;

/// <summary>Where the answer of a call goes: to a client that may go away at any time, or into memory.</summary>
internal interface ICallAnswer
{
    /// <summary>Nobody listens any more.</summary>
    bool IsGone { get; }

    /// <summary>Cancelled when the client has gone; a client that only does not read is gone without it.</summary>
    CancellationToken Gone { get; }

    /// <summary>The head has been sent: what follows can only be more of the body.</summary>
    bool HasBegun { get; }

    void Begin(int status, string contentType, IEnumerable<KeyValuePair<string, string>> headers);

    /// <summary>Takes a piece of the body and sends it on at once; does nothing when nobody listens.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Breaks the connection, so that a cut-off answer is not taken for a whole one.</summary>
    void Abort();
}
