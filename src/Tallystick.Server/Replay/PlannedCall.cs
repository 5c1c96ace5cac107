namespace Tallystick.Server.Replay;

/// <summary>One request of the trace, as the ledger will see it.</summary>
/// <param name="Number">From 0; its idempotency keys are made of it.</param>
/// <param name="At">When it begins, after the run's beginning.</param>
/// <param name="Work">How long the model takes between the first step and the next.</param>
internal sealed record PlannedCall(
    int Number, string AccountId, TimeSpan At, TimeSpan Work, IReadOnlyList<PlannedStep> Steps);
