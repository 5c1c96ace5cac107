using Tallystick.Core.Journal;

namespace Tallystick.Engine.Identity;

/// <summary>Who calls: a key of a project, with its role.</summary>
/// <param name="Key">What entries name as their actor, by <see cref="Actors"/>.</param>
/// <param name="Name">For people.</param>
public sealed record Principal(int Project, ThingNumber Key, KeyRole Role, string Name)
{
    /// <summary>The key as the API shows it.</summary>
    public string? KeyId { get; } = Actors.IdOf(Project, Key);

    /// <summary>The account that a holder speaks for; null for a back end.</summary>
    public string? AccountId { get; init; }

    /// <summary>The key's own limits; null: none.</summary>
    public long? RequestsPerMinute { get; init; }
    public long? TokensPerMinute { get; init; }

    /// <summary>The licence that shows it; none for any other credential.</summary>
    public LicensePlace? License { get; init; }
}
