using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Housekeeping;

/// <summary>
/// Whether a clock may be believed. One that is far ahead would expire credits and begin periods that nothing brings
/// back; an account's time never runs backwards.
/// </summary>
public static class ClockCheck
{
    /// <summary>How far the time may be ahead of the last seal unasked.</summary>
    public static readonly Duration AheadMax = Duration.FromDays(1);

    /// <summary>
    /// How far the time is ahead of the last seal of any project, where that is more than <see cref="AheadMax"/>; else
    /// null. A store without a seal has nothing to hold a clock against.
    /// </summary>
    public static async ValueTask<Duration?> FindLeapAsync(ILedgerStore store, Instant now, CancellationToken cancel)
    {
        var first = ChainKey.OfProject(ChainKey.FirstProject);
        if (await store.LoadAsync(first, cancel) is not ProjectState state) return null;
        Instant? last = null;
        foreach (var project in state.Register.Select(entry => entry.Number).Prepend(ChainKey.FirstProject))
            if (await store.LastSealAsync(project, cancel) is { } seal) last = Instant.Max(last ?? seal.At, seal.At);
        if (last is not { } sealedAt) return null;
        var ahead = new Duration(now.Micros - sealedAt.Micros);
        return ahead.Micros > AheadMax.Micros ? ahead : null;
    }
}
