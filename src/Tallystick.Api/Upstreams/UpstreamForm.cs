using System.Text.RegularExpressions;
using Tallystick.Api.Http;
using Tallystick.Contracts.Upstreams;

namespace Tallystick.Api.Upstreams;

/// <summary>
/// What an upstream may say, with everything left out filled in: what is stored is what will be called, also after a
/// later version knows other defaults.
/// </summary>
internal static partial class UpstreamForm
{
    private const int ModelsMax = 500, FallbacksMax = 8, ForwardMax = 100, KeyMax = 512, UrlMax = 500;
    private const int AttemptsDefault = 2, AttemptsMax = 5, SecondsMax = 86_400;
    private const long TokensMax = 100_000_000;
    private static readonly string[] Kinds =
        [WellKnownUpstreams.OpenAi, WellKnownUpstreams.Anthropic, WellKnownUpstreams.Gemini, WellKnownUpstreams.Echo];

    public static string Name(string name) =>
        UpstreamName().IsMatch(name)
            ? name
            : throw RequestException.Invalid("name", "1-64 of a-z 0-9 _ -, beginning with a letter or digit");

    /// <summary>The last characters of a key, if the rest is long enough to be still secret.</summary>
    public static string HintOf(string key) => key.Length >= 16 ? $"…{key[^4..]}" : "…";

    public static UpstreamRequest Complete(string name, UpstreamRequest request)
    {
        var known = WellKnownUpstreams.Find(name);
        var kind = request.Kind ?? known?.Kind ?? (name == WellKnownUpstreams.Echo ? name : null)
            ?? throw RequestException.Invalid("kind", "must be given: the name is not a well-known one");
        return new()
        {
            Kind = OneOf(kind, "kind", Kinds),
            BaseUrl = kind == WellKnownUpstreams.Echo ? null : Url(request.BaseUrl ?? known?.BaseUrl),
            Provider = Model(request.Provider ?? known?.Provider ?? name, "provider"),
            Key = request.Key is null ? null : Key(request.Key),
            Enabled = request.Enabled ?? true,
            Models = Models(request.Models),
            Forward = Forward(request.Forward),
            WhenShort = OneOf(request.WhenShort ?? "refuse", "when_short", "refuse", "clamp"),
            OutputBound = OneOf(request.OutputBound ?? "model", "output_bound", "model", "history"),
            MaxTokensField = OneOf(
                request.MaxTokensField ?? DefaultField(name), "max_tokens_field",
                WellKnownUpstreams.MaxTokens, WellKnownUpstreams.MaxCompletionTokens),
            AsksForUsage = request.AsksForUsage ?? name != WellKnownUpstreams.Mistral,
            Attempts = (int)Number(request.Attempts ?? AttemptsDefault, "attempts", AttemptsMax),
            Timeouts = Timeouts(request.Timeouts ?? new()),
        };
    }

    private static string DefaultField(string name) =>
        name == WellKnownUpstreams.OpenAi ? WellKnownUpstreams.MaxCompletionTokens : WellKnownUpstreams.MaxTokens;

    private static UpstreamTimeouts Timeouts(UpstreamTimeouts timeouts) => new()
    {
        FirstByteSeconds = Seconds(timeouts.FirstByteSeconds ?? 120, "timeouts.first_byte_seconds"),
        IdleSeconds = Seconds(timeouts.IdleSeconds ?? 120, "timeouts.idle_seconds"),
        TotalSeconds = Seconds(timeouts.TotalSeconds ?? 3_600, "timeouts.total_seconds"),
        DrainSeconds = Seconds(timeouts.DrainSeconds ?? 60, "timeouts.drain_seconds"),
    };

    private static int Seconds(int seconds, string field) => (int)Number(seconds, field, SecondsMax);

    private static SortedDictionary<string, UpstreamModel> Models(IReadOnlyDictionary<string, UpstreamModel>? models)
    {
        var checkedModels = new SortedDictionary<string, UpstreamModel>(StringComparer.Ordinal);
        if (models?.Count > ModelsMax) throw RequestException.Invalid("models", $"at most {ModelsMax}");
        foreach (var (alias, model) in models ?? new Dictionary<string, UpstreamModel>())
        {
            var field = $"models.{Model(alias, "models")}";
            if (model is null) throw RequestException.Invalid(field, "an object");
            checkedModels[alias] = new()
            {
                Name = Model(model.Name ?? alias, $"{field}.name"),
                ContextTokens = Tokens(model.ContextTokens, $"{field}.context_tokens"),
                OutputTokens = Tokens(model.OutputTokens, $"{field}.output_tokens"),
                ImageTokens = Tokens(model.ImageTokens, $"{field}.image_tokens"),
                Fallbacks = Fallbacks(model.Fallbacks ?? [], $"{field}.fallbacks"),
            };
        }
        return checkedModels;
    }

    private static IReadOnlyList<string> Fallbacks(IReadOnlyList<string> fallbacks, string field)
    {
        if (fallbacks.Count > FallbacksMax) throw RequestException.Invalid(field, $"at most {FallbacksMax}");
        foreach (var fallback in fallbacks)
            if (fallback is null || !fallback.Contains('/', StringComparison.Ordinal) || !ModelName().IsMatch(fallback))
                throw RequestException.Invalid(field, "upstream/model");
        return fallbacks;
    }

    private static string[] Forward(IReadOnlyList<string>? names)
    {
        if (names?.Count > ForwardMax) throw RequestException.Invalid("forward", $"at most {ForwardMax}");
        return [.. (names ?? []).Select(name => Model(name, "forward")).Distinct().Order(StringComparer.Ordinal)];
    }

    private static string Url(string? text)
    {
        if (text is null) throw RequestException.Invalid("base_url", "must be given: the name is not a well-known one");
        var isUrl = text.Length <= UrlMax && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            && url is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 };
        return isUrl
            ? text.TrimEnd('/')
            : throw RequestException.Invalid("base_url", "an http or https address without user, query or fragment");
    }

    private static string Key(string key) =>
        key.Length is >= 1 and <= KeyMax && !key.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? key
            : throw RequestException.Invalid("key", $"1-{KeyMax} printable ASCII characters without spaces");

    private static string Model(string? name, string field) =>
        name is not null && ModelName().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal)
            ? name
            : throw RequestException.Invalid(
                field, "1-256 of A-Z a-z 0-9 . _ : / @ + [ ] -, beginning with a letter or digit");

    private static string OneOf(string word, string field, params ReadOnlySpan<string> words) =>
        words.Contains(word) ? word : throw RequestException.Invalid(field, string.Join(" or ", words!));

    private static long? Tokens(long? tokens, string field) =>
        tokens is null ? null : Number(tokens.Value, field, TokensMax);

    private static long Number(long number, string field, long max) =>
        number >= 1 && number <= max ? number : throw RequestException.Invalid(field, $"1 to {max}");

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex UpstreamName();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:/@+\[\]-]{0,255}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex ModelName();
}
