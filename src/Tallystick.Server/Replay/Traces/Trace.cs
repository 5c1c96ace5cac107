using System.Globalization;

namespace Tallystick.Server.Replay.Traces;

/// <summary>Requests to a language model in the order of their times, and where they come from.</summary>
internal sealed record Trace(string Source, IReadOnlyList<TraceRequest> Requests)
{
    /// <summary>More than any model takes; a figure above it is a mistake in the file.</summary>
    public const long TokensMax = 100_000_000;

    public TimeSpan Length => Requests.Count == 0 ? default : Requests[^1].At;

    /// <summary>Sorts by time and lets the first request be at zero.</summary>
    public static Trace From(string source, IEnumerable<TraceRequest> requests)
    {
        var sorted = requests.OrderBy(request => request.At).ToList();
        var first = sorted.Count == 0 ? default : sorted[0].At;
        return new(source, sorted.ConvertAll(request => request with { At = request.At - first }));
    }

    /// <summary>A time as traces tell it, in so many ticks; null where it is none.</summary>
    public static TimeSpan? Time(decimal number, long ticks) =>
        number >= 0 && number <= TimeSpan.MaxValue.Ticks / ticks ? new((long)(number * ticks)) : null;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Source}: {Requests.Count:N0} requests{Failed} over {Words(Length)}, "
        + $"{Requests.Sum(request => request.InputTokens):N0} tokens in "
        + $"({Requests.Sum(request => request.CachedTokens):N0} cached), "
        + $"{Requests.Sum(request => request.OutputTokens):N0} out");

    private string Failed => Requests.Count(request => request.HasFailed) is > 0 and var failed
        ? string.Create(CultureInfo.InvariantCulture, $" ({failed:N0} of them failed)")
        : "";

    private static string Words(TimeSpan time) =>
        time.TotalMinutes >= 2 ? $"{(long)time.TotalMinutes} minutes" : $"{(long)time.TotalSeconds} seconds";
}
