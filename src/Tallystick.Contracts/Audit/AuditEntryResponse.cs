using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Audit;

/// <summary>One entry of the project's own journal: who changed what about the project, and when.</summary>
public sealed record AuditEntryResponse
{
    /// <summary>1 for the project's first entry; no number is left out.</summary>
    public required long Sequence { get; init; }

    /// <summary><c>key_created</c>, <c>tier_put</c>, <c>settings_changed</c>, <c>license_pointed</c> …</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about: the id or name of a key, tier, upstream, project or licence.</summary>
    public string? SubjectId { get; init; }
    public required string Description { get; init; }

    /// <summary>The key that asked; null for the server itself.</summary>
    public string? KeyId { get; init; }
    public required string TraceId { get; init; }

    /// <summary>SHA-256 over the entry's bytes and the hash before it, in hex.</summary>
    public required string Hash { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
