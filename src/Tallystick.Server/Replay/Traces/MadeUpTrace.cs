namespace Tallystick.Server.Replay.Traces;

/// <summary>
/// A trace where none is at hand, the same for the same seed. Requests come in bursts: quiet and busy spells alternate,
/// each with its own rate. Lengths are log-normal, as in the published traces, and a third of the requests goes on with
/// a conversation, so that the beginning of its input is cached.
/// </summary>
internal static class MadeUpTrace
{
    public const int RequestsDefault = 10_000;
    private const double QuietPerSecond = 2, BusyPerSecond = 25, SpellSeconds = 20;
    private const double InputMedian = 1_200, InputSpread = 1.3, OutputMedian = 150, OutputSpread = 1.0;
    private const double ContinuedShare = 0.35;
    private const long InputMax = 128_000, OutputMax = 8_192, CacheBlock = 512;

    public static Trace Make(int requests, int seed)
    {
        var random = new Random(seed);
        return Trace.From($"made up with seed {seed}", Requests(requests, random));
    }

    private static IEnumerable<TraceRequest> Requests(int count, Random random)
    {
        var (now, spellEnds, isBusy) = (0.0, 0.0, true);
        for (var i = 0; i < count; i++)
        {
            now += Wait(random, isBusy ? 1 / BusyPerSecond : 1 / QuietPerSecond);
            if (now >= spellEnds) (isBusy, spellEnds) = (!isBusy, now + Wait(random, SpellSeconds));
            var input = Length(random, InputMedian, InputSpread, InputMax);
            var isContinued = random.NextDouble() < ContinuedShare;
            var cached = isContinued ? input * random.Next(50, 100) / 100 / CacheBlock * CacheBlock : 0;
            var output = Length(random, OutputMedian, OutputSpread, OutputMax);
            yield return new(TimeSpan.FromSeconds(now), input, output, cached);
        }
    }

    private static double Wait(Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    private static long Length(Random random, double median, double spread, long max)
    {
        // Box and Muller: two uniform numbers make a normal one.
        var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        var normal = radius * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Clamp((long)(median * Math.Exp(spread * normal)), 1, max);
    }
}
