using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>A journal row exactly as stored, before anything is believed.</summary>
public readonly record struct RawEntry(
    long Position, ChainKey Chain, long Sequence, byte[] Bytes, byte[] Hash, EntryText? Text);
