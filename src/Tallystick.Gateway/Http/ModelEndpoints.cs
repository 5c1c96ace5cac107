using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tallystick.Contracts;
using Tallystick.Gateway.Calls;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Http;

/// <summary>
/// The models that can be called, in an object that both OpenAI's and Anthropic's SDKs read, and in Google's.
/// </summary>
internal static class ModelEndpoints
{
    private const long Created = 1_700_000_000;
    private const string CreatedAt = "2023-11-14T22:13:20Z";

    public static Task ListAsync(HttpContext context) => RunAsync(context, models => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. models.Select(model => (JsonNode)Of(model))]),
        ["has_more"] = false,
        ["first_id"] = models.Count > 0 ? models[0].Id : null,
        ["last_id"] = models.Count > 0 ? models[^1].Id : null,
    });

    public static Task GetAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["call"]!;
        return RunAsync(context, models => models.Where(model => model.Id == id).Select(Of).FirstOrDefault());
    }

    public static Task ListGeminiAsync(HttpContext context)
    {
        var call = new GatewayCall(context, ErrorShape.Gemini);
        return call.RunAsync(async holder =>
        {
            var models = await call.Service<CallServices>().Planner
                .ModelsAsync(holder.Project, ProviderFamily.Gemini, context.RequestAborted);
            await call.JsonAsync(new JsonObject
            {
                ["models"] = new JsonArray([.. models.Select(model => (JsonNode)new JsonObject
                {
                    ["name"] = $"models/{model.Id}", ["displayName"] = model.Id,
                    ["supportedGenerationMethods"] = new JsonArray("generateContent", "countTokens"),
                })]),
            });
        });
    }

    private static Task RunAsync(
        HttpContext context, Func<IReadOnlyList<(string Id, string Upstream)>, JsonObject?> render)
    {
        var call = new GatewayCall(context, ErrorShape.OpenAi);
        return call.RunAsync(async holder =>
        {
            var planner = call.Service<CallServices>().Planner;
            var models = new List<(string, string)>();
            foreach (var family in (ProviderFamily[])[ProviderFamily.OpenAi, ProviderFamily.Anthropic])
                models.AddRange(await planner.ModelsAsync(holder.Project, family, context.RequestAborted));
            if (render([.. models.Distinct()]) is { } body) await call.JsonAsync(body);
            else await call.RefuseAsync(new(404, ErrorCodes.NotFound, "There is no such model here."));
        });
    }

    private static JsonObject Of((string Id, string Upstream) model) => new()
    {
        ["id"] = model.Id, ["object"] = "model", ["created"] = Created, ["owned_by"] = model.Upstream,
        ["type"] = "model", ["display_name"] = model.Id, ["created_at"] = CreatedAt,
    };
}
