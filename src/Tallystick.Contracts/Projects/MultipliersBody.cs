using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Projects;

/// <summary>
/// Factors on what customers pay, by name; they multiply each other, and the multiplier of the account's tier. A map
/// that is given replaces the one before.
/// </summary>
public sealed record MultipliersBody
{
    public IReadOnlyDictionary<string, ExactNumber>? Providers { get; init; }
    public IReadOnlyDictionary<string, ExactNumber>? Models { get; init; }
    public IReadOnlyDictionary<string, ExactNumber>? Regions { get; init; }
}
