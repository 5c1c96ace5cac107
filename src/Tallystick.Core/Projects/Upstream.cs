using System.Collections.Immutable;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>A provider that a project's gateway calls.</summary>
/// <param name="Options">
/// Where it is, which models it has under which names, and how it is called: a JSON object in one form, which only the
/// gateway reads.
/// </param>
/// <param name="SealedKey">The provider's key, encrypted by the server; empty where it takes none.</param>
/// <param name="KeyHint">The key's last characters, for people.</param>
public sealed record Upstream(
    string Name, string Options, ImmutableArray<byte> SealedKey, string? KeyHint, Instant ChangedAt)
{
    /// <summary>All of them are in the project's state, which is loaded as a whole.</summary>
    public const int CountMax = 64;

    /// <summary>The place for which an upstream's key is sealed.</summary>
    public static string PlaceOfKey(int project, string name) => $"upstream {project}/{name}";
}
