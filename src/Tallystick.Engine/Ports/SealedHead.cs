using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>The last entry of a chain when it was sealed.</summary>
public readonly record struct SealedHead(ChainKey Key, long Sequence, ReadOnlyMemory<byte> Hash);
