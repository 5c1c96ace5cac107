using System.Buffers;

namespace Tallystick.Gateway.Dialects;

/// <summary>
/// Lets a stream of chat completions through but for the event with usage and no choices, which only the gateway asked
/// for. An event is held back no longer than until its first choice or its end; nothing else is delayed.
/// </summary>
internal sealed class UsageFilter(ResponseMeter meter)
{
    /// <summary>An event this long without a choice is no usage event.</summary>
    private const int HeldMax = 64 << 10;

    private readonly ArrayBufferWriter<byte> _held = new();
    private bool _passes, _keptBack;

    public void Feed(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..meter.Feed(bytes, out var ended)];
            bytes = bytes[piece.Length..];
            if (meter.TookTail)
            {
                if (!_keptBack) output.Write(piece);
                continue;
            }
            if (_passes) output.Write(piece);
            else _held.Write(piece);
            _keptBack = ended && !_passes && meter is { EventHasUsage: true, EventHasChoices: false };
            if (_keptBack) _held.ResetWrittenCount();
            else if (ended || meter.EventHasChoices || _held.WrittenCount > HeldMax) Release(output);
            if (!ended) continue;
            _passes = false;
            meter.BeginEvent();
        }
    }

    /// <summary>The stream is over: what is held is no event of usage.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        meter.Complete();
        if (meter is { EventHasUsage: true, EventHasChoices: false }) _held.ResetWrittenCount();
        else Release(output);
    }

    private void Release(IBufferWriter<byte> output)
    {
        _passes = true;
        output.Write(_held.WrittenSpan);
        _held.ResetWrittenCount();
    }
}
