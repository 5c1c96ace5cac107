namespace Tallystick.Engine.Limits;

/// <summary>Whose requests or tokens are counted together.</summary>
/// <param name="Id">Of the key or account, in its project.</param>
public readonly record struct RateThing(RateKind Kind, int Project, string Id);
