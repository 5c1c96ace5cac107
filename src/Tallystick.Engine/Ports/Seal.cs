using System.Collections.Immutable;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Ports;

/// <summary>
/// A link of the project's seals: the heads that changed since the last one. See docs/journal-format.md.
/// </summary>
public sealed record Seal
{
    public required int Project { get; init; }
    public required long Number { get; init; }
    public required Instant At { get; init; }
    public required ImmutableArray<SealedHead> Heads { get; init; }
    public required byte[] Root { get; init; }
    public required byte[] Hash { get; init; }
}
