namespace Tallystick.Contracts.Projects;

/// <summary>
/// What all of a project's requests may come to together, admins' excepted; null for no limit. Requests under way at
/// once are counted on each node.
/// </summary>
public sealed record ProjectLimitsBody(
    long? RequestsPerMinute = null, long? TokensPerMinute = null, long? RequestsAtOnce = null);
