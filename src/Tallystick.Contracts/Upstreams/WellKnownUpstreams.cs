using System.Collections.Frozen;

namespace Tallystick.Contracts.Upstreams;

/// <summary>Names under which an upstream needs no more than a key: where it is and whose API it speaks.</summary>
/// <remarks>From the providers' API references, November 2026.</remarks>
public static class WellKnownUpstreams
{
    public const string OpenAi = "openai", Anthropic = "anthropic", Gemini = "gemini", Echo = "echo";
    public const string Mistral = "mistral";

    /// <summary>Chats elsewhere take the older name.</summary>
    public const string MaxTokens = "max_tokens", MaxCompletionTokens = "max_completion_tokens";

    private static readonly FrozenDictionary<string, (string Kind, string BaseUrl, string Provider)> ByName =
        new Dictionary<string, (string, string, string)>(StringComparer.Ordinal)
        {
            ["openai"] = (OpenAi, "https://api.openai.com/v1", "openai"),
            ["anthropic"] = (Anthropic, "https://api.anthropic.com/v1", "anthropic"),
            ["gemini"] = (Gemini, "https://generativelanguage.googleapis.com/v1beta", "google"),
            ["xai"] = (OpenAi, "https://api.x.ai/v1", "xai"),
            ["deepseek"] = (OpenAi, "https://api.deepseek.com/v1", "deepseek"),
            [Mistral] = (OpenAi, "https://api.mistral.ai/v1", "mistral"),
            ["groq"] = (OpenAi, "https://api.groq.com/openai/v1", "groq"),
            ["moonshot"] = (OpenAi, "https://api.moonshot.ai/v1", "moonshot"),
            ["cerebras"] = (OpenAi, "https://api.cerebras.ai/v1", "cerebras"),
            ["fireworks"] = (OpenAi, "https://api.fireworks.ai/inference/v1", "fireworks"),
            ["together"] = (OpenAi, "https://api.together.xyz/v1", "together"),
            ["perplexity"] = (OpenAi, "https://api.perplexity.ai", "perplexity"),
            ["cohere"] = (OpenAi, "https://api.cohere.ai/compatibility/v1", "cohere"),
            ["openrouter"] = (OpenAi, "https://openrouter.ai/api/v1", "openrouter"),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null for a name that nothing is known of.</summary>
    public static (string Kind, string BaseUrl, string Provider)? Find(string name) =>
        ByName.TryGetValue(name, out var known) ? known : null;
}
