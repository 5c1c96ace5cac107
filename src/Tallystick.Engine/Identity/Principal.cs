using Tallystick.Core.Journal;

namespace Tallystick.Engine.Identity;

/// <summary>Who calls: a key of a project, with its role.</summary>
/// <param name="Key">The key's number in the project's chain: what entries name as their actor.</param>
/// <param name="Name">For people.</param>
public sealed record Principal(int Project, ThingNumber Key, KeyRole Role, string Name)
{
    /// <summary>The account that a holder speaks for; null for a back end.</summary>
    public string? AccountId { get; init; }
}
