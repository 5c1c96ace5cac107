using Tallystick.Contracts.Json;

namespace Tallystick.Server.Replay;

/// <param name="Amount">What is held, captured, released or refunded.</param>
internal readonly record struct PlannedStep(StepKind Kind, Amount Amount, Repeat Repeat);
