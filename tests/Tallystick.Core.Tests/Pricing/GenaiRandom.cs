using System.Text.Json;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>Draws usages for every model of a genai-prices table, in that project's words.</summary>
internal sealed class GenaiRandom(Random random, JsonElement table)
{
    private static readonly string[] Directions = ["input", "output"];
    private static readonly string[] Modalities = ["", "text", "audio", "image", "video"];
    private static readonly string[] InputKinds =
        ["", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "tool"];
    private static readonly string[] OutputKinds = ["", "reasoning", "citation"];
    private static readonly long[] Thresholds = [128_000, 200_000, 272_000, 512_000];

    public sealed record Draw(string Provider, string Model, SortedDictionary<string, long> Usage, DateTimeOffset At);

    /// <summary>
    /// A few for each model: by its id or something that its clauses look for, with a tail now and then.
    /// </summary>
    public IEnumerable<Draw> All(int perModel)
    {
        foreach (var provider in table.EnumerateArray())
            foreach (var model in provider.GetProperty("models").EnumerateArray())
                for (var i = 0; i < perModel; i++)
                    yield return new(provider.GetProperty("id").GetString()!, Name(model), Usage(), Time());
    }

    private string Name(JsonElement model)
    {
        var names = Texts(model.GetProperty("match")).Append(model.GetProperty("id").GetString()!).ToList();
        var name = names[random.Next(names.Count)];
        return random.Next(50) switch
        {
            0 => name + "-preview",
            1 => name + "-mini",
            2 => "eu." + name,
            3 => name.ToUpperInvariant(),
            4 => name[..^1],
            _ => name,
        };
    }

    private static IEnumerable<string> Texts(JsonElement clause) => clause.ValueKind switch
    {
        JsonValueKind.Object => clause.EnumerateObject().Where(part => part.Name != "regex")
            .SelectMany(part => Texts(part.Value)),
        JsonValueKind.Array => clause.EnumerateArray().SelectMany(Texts),
        _ => [clause.GetString()!],
    };

    /// <summary>Whole seconds, with the hours and days at which prices change.</summary>
    private DateTimeOffset Time()
    {
        var day = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero).AddDays(random.Next(700));
        return random.Next(4) == 0
            ? day.AddHours(random.Next(2) == 0 ? 0.5 : 16.5).AddSeconds(random.Next(-1, 2))
            : day.AddSeconds(random.Next(86_400));
    }

    /// <summary>
    /// Kinds of tokens that exclude each other, summed up to every count that includes them; then some counts are left
    /// out or made wrong.
    /// </summary>
    private SortedDictionary<string, long> Usage()
    {
        var usage = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var direction in Directions)
        {
            var kinds = direction == "input" ? InputKinds : OutputKinds;
            for (var i = random.Next(5); i >= 0; i--)
                AddAtom(usage, direction, kinds[random.Next(kinds.Length)], Modalities[random.Next(5)], Amount());
        }
        if (random.Next(5) == 0) Level(usage);
        if (random.Next(12) == 0) usage["web_searches"] = random.Next(4);
        if (random.Next(3) == 0) usage.Remove(usage.Keys.ElementAt(random.Next(usage.Count)));
        if (random.Next(20) == 0 && usage.Count > 0) usage[usage.Keys.ElementAt(random.Next(usage.Count))] = Amount();
        return usage;
    }

    /// <summary>Puts the input at a threshold, one above or one below.</summary>
    private void Level(SortedDictionary<string, long> usage)
    {
        if (!usage.TryGetValue("input_tokens", out var input)) return;
        var missing = Thresholds[random.Next(Thresholds.Length)] + random.Next(-1, 2) - input;
        if (missing > 0) usage["input_tokens"] = input + missing;
    }

    private static void AddAtom(
        SortedDictionary<string, long> usage, string direction, string kind, string modality, long count)
    {
        foreach (var one in Including(kind))
            foreach (var other in modality.Length == 0 ? [""] : new[] { "", modality })
                Add(usage, Key(direction, one, other), count);
    }

    private static string[] Including(string kind) => kind switch
    {
        "" => [""],
        "cache_write_5m" or "cache_write_1h" => ["", "cache_write", kind],
        _ => ["", kind],
    };

    private static string Key(string direction, string kind, string modality)
    {
        var middle = modality.Length == 0 ? "" : modality + "_";
        if (kind.Length == 0) return $"{direction}_{middle}tokens";
        return kind.StartsWith("cache_", StringComparison.Ordinal)
            ? $"cache_{middle}{kind["cache_".Length..]}_tokens"
            : $"{direction}_{middle}{kind}_tokens";
    }

    private static void Add(SortedDictionary<string, long> usage, string key, long count) =>
        usage[key] = usage.GetValueOrDefault(key) + count;

    private long Amount() =>
        random.Next(4) switch { 0 => random.Next(3), 1 => random.Next(1_000), _ => random.Next(120_000) };
}
