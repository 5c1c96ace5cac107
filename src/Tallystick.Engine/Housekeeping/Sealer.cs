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
        while (!cancel.IsCancellationRequested)
        {
            await Pauses.WaitAsync(Interval, time, cancel);
            await SealAsync();
        }
    }

    private async Task SealAsync()
    {
        try
        {
            foreach (var project in await projects.AllAsync(CancellationToken.None))
                if (await store.SealAsync(project, clock.Now, CancellationToken.None) is not null) meter.Seal();
        }
        catch (StoreUnavailableException fault)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(4, LogLevel.Warning, "No seal was written; the next one covers more", EventName = "seal_failed")]
    private partial void LogFault(Exception fault);
}
