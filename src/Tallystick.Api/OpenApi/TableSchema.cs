using System.Text.Json.Nodes;

namespace Tallystick.Api.OpenApi;

/// <summary>A price table of another project, which is taken as that project publishes it.</summary>
internal static class TableSchema
{
    public static JsonObject Of() => new()
    {
        ["type"] = new JsonArray("object", "array"), ["items"] = new JsonObject(),
        ["description"] = "LiteLLM's `model_prices_and_context_window.json`, genai-prices' `data.json` or models.dev's "
            + "`api.json`, as it is.",
    };

    public static JsonObject Sample() => new()
    {
        ["claude-sonnet-4-5"] = new JsonObject
        {
            ["litellm_provider"] = "anthropic", ["mode"] = "chat", ["input_cost_per_token"] = 3e-06,
            ["output_cost_per_token"] = 1.5e-05,
        },
    };
}
