namespace Tallystick.Model;

/// <summary>
/// The free tier of docs/rules.md, counted out one token after another. What a usage costs is the sum of its lines, and
/// a fixed part where anything is left to pay.
/// </summary>
public sealed class ModelFreeTier(long? requests, long? tokens, long fixedPart)
{
    private readonly Dictionary<long, (long Requests, long Tokens)> _holds = [];
    private (long Requests, long Tokens) _used;

    public long RequestsUsed => _used.Requests;
    public long TokensUsed => _used.Tokens;

    /// <summary>What it would have cost.</summary>
    public long Saved { get; private set; }

    public void BeginPeriod()
    {
        _used = default;
        Saved = 0;
    }

    /// <summary>A charge or an event; what is to pay.</summary>
    public long Charge(long asked, IReadOnlyList<ModelUsageLine> lines) => Take(Divide(asked, lines), lines);

    /// <summary>What a hold is for; it sets aside what would be free of it.</summary>
    public long Hold(long hold, long asked, IReadOnlyList<ModelUsageLine> lines)
    {
        var free = Divide(asked, lines);
        _holds[hold] = (free.Requests, free.Tokens);
        return Paid(free, lines);
    }

    /// <summary>The hold lets go of what it has set aside, and its capture takes what there is.</summary>
    public long Capture(long hold, long asked, IReadOnlyList<ModelUsageLine> lines, bool isFinal)
    {
        var aside = _holds[hold];
        _holds.Remove(hold);
        var free = Divide(asked, lines);
        if (!isFinal)
            _holds[hold] =
                (Math.Max(0, aside.Requests - free.Requests), Math.Max(0, aside.Tokens - free.Tokens));
        return Take(free, lines);
    }

    public void End(long hold) => _holds.Remove(hold);

    private long Take(Share free, IReadOnlyList<ModelUsageLine> lines)
    {
        _used = (_used.Requests + free.Requests, _used.Tokens + free.Tokens);
        var paid = Paid(free, lines);
        Saved += Paid(Share.None, lines) - paid;
        return paid;
    }

    private long Paid(Share free, IReadOnlyList<ModelUsageLine> lines)
    {
        var rest = lines.Sum(line => (line.Quantity - free.Of(line)) * line.Rate);
        return (long)Math.Ceiling(rest > 0 || free.Requests == 0 ? rest + fixedPart : 0);
    }

    private Share Divide(long asked, IReadOnlyList<ModelUsageLine> lines)
    {
        var dear = lines.Where(line => line.Rate > 0 && line.Quantity > 0).ToList();
        if (dear.Count == 0 && fixedPart == 0) return Share.None;
        var (requestsLeft, tokensLeft) = Left();
        var granted = Math.Min(asked, requestsLeft);
        if (granted == 0 || (tokensLeft == 0 && dear.Any(line => line.IsTokens))) return Share.None;

        var free = dear.Where(line => !line.IsTokens && (requests is not null || tokens is null))
            .ToDictionary(line => line.Unit, line => Part(line, granted, asked));
        var each = from line in dear
                   where line.IsTokens
                   from token in Enumerable.Repeat(line, (int)Part(line, granted, asked))
                   orderby token.Rate descending
                   select token;
        var taken = each.Take((int)Math.Min(tokensLeft, int.MaxValue)).ToList();
        foreach (var token in taken) free[token.Unit] = free.GetValueOrDefault(token.Unit) + 1;
        return free.Values.Sum() > 0 ? new(granted, taken.Count, free) : Share.None;
    }

    private static decimal Part(ModelUsageLine line, long granted, long asked)
    {
        var scale = line.IsWhole ? 1m : 1_000_000_000_000m;
        return decimal.Floor(line.Quantity * scale * granted / asked) / scale;
    }

    private (long Requests, long Tokens) Left()
    {
        var gone = (_used.Requests + _holds.Values.Sum(hold => hold.Requests),
            Tokens: _used.Tokens + _holds.Values.Sum(hold => hold.Tokens));
        return (requests is { } some ? Math.Max(0, some - gone.Item1) : long.MaxValue,
            tokens is { } few ? Math.Max(0, few - gone.Tokens) : long.MaxValue);
    }

    private sealed record Share(long Requests, long Tokens, IReadOnlyDictionary<string, decimal> Quantities)
    {
        public static readonly Share None = new(0, 0, new Dictionary<string, decimal>());
        public decimal Of(ModelUsageLine line) => Quantities.GetValueOrDefault(line.Unit);
    }
}
