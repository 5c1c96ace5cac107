using Microsoft.Extensions.Logging;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Engine.Housekeeping;

/// <summary>Seals the heads that have changed, from time to time and at the end.</summary>
internal sealed partial class Sealer(
    ILedgerStore store, ProjectStates projects, LedgerClock clock, TimeProvider time, LedgerMeter meter, ILogger logger)
{
    /// <summary>
    /// How much of a tail could be cut off unseen: less than this, with the last seal kept elsewhere.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken cancel)
    {
        for (var isOver = false; !isOver;)
        {
            await Pauses.WaitAsync(Interval, time, cancel);
            // What ends during a seal is covered by one more.
            isOver = cancel.IsCancellationRequested;
            await TryAsync(SealAllAsync);
        }
    }

    private async Task SealAllAsync()
    {
        foreach (var project in await projects.AllAsync(CancellationToken.None))
            await TryAsync(async () =>
            {
                if (await store.SealAsync(project, clock.Now, CancellationToken.None) is not null) meter.Seal();
            });
    }

    /// <summary>Whatever it is ends this attempt, and neither the other projects' nor the next.</summary>
    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(4, LogLevel.Warning, "No seal was written; the next one covers more", EventName = "seal_failed")]
    private partial void LogFault(Exception fault);
}
