namespace Tallystick.Engine.Limits;

/// <summary>What is counted. The number is shared between nodes.</summary>
public enum RateKind
{
    KeyRequests = 1,
    KeyTokens,
    AccountRequests,
    AccountTokens,
    ProjectRequests,
    ProjectTokens,
}
