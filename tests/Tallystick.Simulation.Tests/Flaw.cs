namespace Tallystick.Simulation.Tests;

/// <summary>Bugs that can be planted, to see that they are found.</summary>
public enum Flaw
{
    None,

    /// <summary>A commit is answered, and made some time later.</summary>
    AnswersBeforeItIsDurable,

    /// <summary>Every other look-up of an idempotency key finds nothing.</summary>
    ForgetsKeys,

    /// <summary>Every other read of a state shows the one that was read first.</summary>
    ReadsOldStates,
}
