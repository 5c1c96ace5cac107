using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

public readonly record struct SealedHead(ChainKey Key, long Sequence, ImmutableArray<byte> Hash);
