namespace Tallystick.Engine.Housekeeping;

/// <summary>Waiting between two rounds of work.</summary>
internal static class Pauses
{
    /// <summary>Also ends, and quietly, when it is cancelled.</summary>
    public static async Task WaitAsync(TimeSpan pause, TimeProvider time, CancellationToken cancel) =>
        await Task.Delay(pause, time, cancel).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
