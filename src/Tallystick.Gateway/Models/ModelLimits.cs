using System.Collections.Frozen;
using System.Text.Json;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Models;

/// <summary>How much a model takes and gives at most.</summary>
internal readonly record struct ModelLimits(long ContextTokens, long OutputTokens, long ImageTokens)
{
    /// <summary>For a model that nothing is known of: as large as most are.</summary>
    private const long ContextDefault = 200_000, OutputDefault = 32_768;

    /// <summary>
    /// Limits of known models, in model-limits.json: from BerriAI/litellm's model_prices_and_context_window.json (MIT)
    /// as of 2025-09-05 and 2026-07-24. A name with a date after it has the limits of the name without.
    /// </summary>
    private static readonly FrozenDictionary<string, long[]> Known = Load();

    public static ModelLimits Of(ModelRoute route)
    {
        var known = Find(route.Model);
        return new(
            route.Options?.ContextTokens ?? known?[0] ?? ContextDefault,
            route.Options?.OutputTokens ?? known?[1] ?? OutputDefault,
            route.Options?.ImageTokens ?? RequestSize.ImageTokensMax);
    }

    private static long[]? Find(string model)
    {
        for (var name = model; name.Length > 0;)
        {
            if (Known.TryGetValue(name, out var limits)) return limits;
            var end = name.LastIndexOf('-');
            if (end < 0 || !name.AsSpan(end + 1).ContainsAnyInRange('0', '9')) return null;
            name = name[..end];
        }
        return null;
    }

    private static FrozenDictionary<string, long[]> Load()
    {
        using var file = typeof(ModelLimits).Assembly.GetManifestResourceStream("model-limits.json")!;
        using var table = JsonDocument.Parse(file);
        return table.RootElement.EnumerateObject().ToFrozenDictionary(
            model => model.Name, model => new[] { model.Value[0].GetInt64(), model.Value[1].GetInt64() },
            StringComparer.Ordinal);
    }
}
