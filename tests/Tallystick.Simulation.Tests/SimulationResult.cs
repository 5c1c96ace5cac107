namespace Tallystick.Simulation.Tests;

/// <summary>What one seed came to.</summary>
/// <param name="Log">Every line of what happened, in order.</param>
internal sealed record SimulationResult(
    int Seed, IReadOnlyList<string> Log, long Entries, int Kills, Exception? Failure)
{
    /// <summary>How to see it again, and the last of what happened.</summary>
    public override string ToString() => $"""
        seed {Seed}: {Failure}
        TALLY_SIMULATION_SEED={Seed} runs it again. It ended so:
        {string.Join('\n', Log.TakeLast(40))}
        """;
}
