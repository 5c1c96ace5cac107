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
    public required SealedHeads Heads { get; init; }
    public required byte[] Root { get; init; }
    public required byte[] Hash { get; init; }

    /// <summary>
    /// A store where nothing happens is sealed so often nevertheless: a start later than 24 hours after the last seal
    /// wants <c>--accept-clock</c>.
    /// </summary>
    public static readonly TimeSpan QuietMax = TimeSpan.FromHours(12);

    /// <summary>
    /// What follows a seal where no head has changed since: one of its heads again after
    /// <see cref="QuietMax"/>, before that nothing.
    /// </summary>
    public static Seal? Unchanged(Seal? previous, Instant at) =>
        previous is null || at.ToDateTimeOffset() - previous.At.ToDateTimeOffset() < QuietMax ? null
        : After(previous, previous.Project, at, previous.Heads[..1]);

    /// <summary>The seal that follows another, or is a project's first.</summary>
    /// <param name="heads">In the order of their chains; at least one.</param>
    public static Seal After(Seal? previous, int project, Instant at, SealedHeads heads)
    {
        var number = (previous?.Number ?? 0) + 1;
        // A clock that was set back makes no seal that is earlier than the one before.
        at = Instant.Max(at, previous?.At ?? at);
        var root = heads.Root();
        return new()
        {
            Project = project, Number = number, At = at, Heads = heads, Root = root,
            Hash = SealChain.Hash(project, number, at, heads.Count, root, previous?.Hash ?? SealChain.Genesis),
        };
    }
}
