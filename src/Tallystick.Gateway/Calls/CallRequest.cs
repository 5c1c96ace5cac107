using System.Collections.Immutable;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Calls;

/// <summary>A call as it came: whose it is, what it asks for, and under which key and trace.</summary>
internal sealed record CallRequest(Holder Holder, Dialect Dialect, CallBody Body, ModelCall Call, CallHeaders Headers)
{
    /// <summary>The client's own key; null where it sent none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>16 bytes that only a call of the same meaning shares.</summary>
    public required ImmutableArray<byte> Meaning { get; init; }

    /// <summary>Keep the answer beside the journal, to be given again.</summary>
    public bool KeepsAnswer { get; init; }

    /// <summary>The answer is read here and must be whole JSON: a stream that nobody asked for is none.</summary>
    public bool ReadsAnswer { get; init; }

    /// <summary>Told when the credits are held.</summary>
    public Action<HeldCall>? Held { get; init; }

    /// <summary>Somebody wants the call ended at once.</summary>
    public CancellationToken Canceled { get; init; }

    /// <summary>Hex of 16 bytes.</summary>
    public required string TraceId { get; init; }
    public ImmutableArray<byte> TraceBytes => [.. Convert.FromHexString(TraceId)];
}
