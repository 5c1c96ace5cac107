using System.Diagnostics;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// Keeps what is made behind the commits from taking a processor from them for long: it rests as long as it works,
/// unless it is urgent.
/// </summary>
internal sealed class Pace(Func<bool> isUrgent)
{
    private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(1);
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>To be called between any two pieces of the work.</summary>
    public async ValueTask StepAsync()
    {
        if (Stopwatch.GetElapsedTime(_since) < Stretch) return;
        if (!isUrgent()) await Task.Delay(Stretch);
        _since = Stopwatch.GetTimestamp();
    }
}
