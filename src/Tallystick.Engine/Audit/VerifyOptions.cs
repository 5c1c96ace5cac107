namespace Tallystick.Engine.Audit;

/// <summary>What <see cref="StoreVerifier"/> looks for.</summary>
public sealed record VerifyOptions
{
    /// <summary>Goes on after the first fault; of each chain only the first is found.</summary>
    public bool FindAll { get; init; }

    /// <summary>
    /// Hashes (hexadecimal) of seals that were exported earlier, by project and number: they must be there.
    /// </summary>
    public IReadOnlyDictionary<(int Project, long Number), string> KnownSeals { get; init; } =
        new Dictionary<(int, long), string>();

    public IProgress<AuditProgress>? Progress { get; init; }
}
