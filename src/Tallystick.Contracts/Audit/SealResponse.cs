using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Audit;

/// <summary>
/// A statement of all journals of the project that had changed since the one before. Kept elsewhere, its hash shows
/// whether anything that it covers was taken away or changed later: <c>tally verify --seals</c>.
/// </summary>
public sealed record SealResponse
{
    /// <summary>1 for the project's first seal; no number is left out.</summary>
    public required long Number { get; init; }
    public required Timestamp SealedAt { get; init; }

    /// <summary>How many journals had changed.</summary>
    public required long Heads { get; init; }

    /// <summary>The root of the Merkle tree over their heads, in hex.</summary>
    public required string Root { get; init; }

    /// <summary>SHA-256 over this seal and the hash of the one before, in hex.</summary>
    public required string Hash { get; init; }
}
