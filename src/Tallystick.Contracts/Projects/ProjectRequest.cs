namespace Tallystick.Contracts.Projects;

/// <summary>Body of <c>POST /api/v1/projects</c>.</summary>
public sealed record ProjectRequest
{
    /// <summary>1–63 of a-z 0-9 and -, beginning with a letter or digit; never given again.</summary>
    public required string Name { get; init; }

    /// <summary>live (default) or test: the keys of a test project say so, and its credits are not real.</summary>
    public string? Mode { get; init; }
}
