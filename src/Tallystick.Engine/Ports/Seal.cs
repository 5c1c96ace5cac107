using System.Collections.Immutable;
using Tallystick.Core.Journal;
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

    /// <summary>The seal that follows another, or is a project's first.</summary>
    /// <param name="heads">In the order of their chains; at least one.</param>
    public static Seal After(Seal? previous, int project, Instant at, ImmutableArray<SealedHead> heads)
    {
        var number = (previous?.Number ?? 0) + 1;
        // A clock that was set back makes no seal that is earlier than the one before.
        at = Instant.Max(at, previous?.At ?? at);
        var root = SealChain.Root(
            [.. heads.Select(head => SealChain.Leaf(head.Key, head.Sequence, head.Hash.AsSpan()))]);
        return new()
        {
            Project = project, Number = number, At = at, Heads = heads, Root = root,
            Hash = SealChain.Hash(project, number, at, heads.Length, root, previous?.Hash ?? SealChain.Genesis),
        };
    }
}
