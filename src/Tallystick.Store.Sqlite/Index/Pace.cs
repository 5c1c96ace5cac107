using System.Diagnostics;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// Keeps what is made behind the commits from taking a processor from them for long: it rests as long as it works,
/// while something is committed and nothing is urgent.
/// </summary>
internal sealed class Pace(Func<long> commits, Func<bool> isUrgent)
{
    private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(1);
    private long _since = Stopwatch.GetTimestamp();
    private long _seen = commits();

    /// <summary>To be called between any two pieces of the work.</summary>
    public async ValueTask StepAsync()
    {
        if (Stopwatch.GetElapsedTime(_since) < Stretch) return;
        var now = commits();
        if (now != _seen && !isUrgent()) await Task.Delay(Stretch);
        (_since, _seen) = (Stopwatch.GetTimestamp(), now);
    }
}
