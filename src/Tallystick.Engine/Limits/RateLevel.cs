namespace Tallystick.Engine.Limits;

/// <summary>How a limit stands after something was asked of it.</summary>
/// <param name="Left">What may still be taken now.</param>
/// <param name="Reset">When more may be, at the earliest; when it was refused: when what was asked may be.</param>
public readonly record struct RateLevel(bool IsTaken, long Left, TimeSpan Reset);
