namespace Tallystick.Bench;

/// <summary>A part of what a charge costs.</summary>
/// <param name="Operations">How many charges one run does this for.</param>
internal sealed record Stage(string Name, int Operations, Func<int, ValueTask> RunAsync);
