namespace Tallystick.Contracts.Projects;

/// <summary>Body of <c>POST /api/v1/projects/{name}/rotate</c>.</summary>
public sealed record RotateProjectRequest
{
    /// <summary>Seconds for which the old admin keys go on; 0 to 30 days, default one hour.</summary>
    public long? OverlapSeconds { get; init; }
}
