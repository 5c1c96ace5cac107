using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Api.Http;
using Tallystick.Contracts.Gateway;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// The OpenAPI 3.1 document: the table of routes with the contracts that they take and give. Made from what the server
/// runs on, so that it cannot say anything else.
/// </summary>
internal static class OpenApiDocument
{
    /// <param name="gateway">The gateway's routes, where the server has one.</param>
    public static byte[] Write(IEnumerable<ApiRoute> routes, IReadOnlyList<GatewayRoute> gateway, string version)
    {
        var schemas = new SchemaBook();
        var paths = new JsonObject();
        var used = new List<string>();
        foreach (var route in routes)
        {
            Add(route.Pattern, route.Method, new Operation(route, schemas).ToJson());
            used.Add(RouteWords.Tag(route.Pattern));
        }
        foreach (var route in gateway)
        {
            Add(route.Pattern, route.Method, new GatewayOperation(route, schemas).ToJson());
            used.Add(GatewayOperation.Tag);
        }
        var components = Components(schemas);
        if (gateway.Count > 0) GatewayOperation.AddSchemes(components["securitySchemes"]!.AsObject());
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = Info(version),
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "This server" }),
            ["tags"] = Tags.ToJson(used),
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = components,
        };
        return JsonSerializer.SerializeToUtf8Bytes(document);

        void Add(string pattern, string method, JsonObject operation)
        {
            if (paths[pattern] is not JsonObject path) paths[pattern] = path = [];
            path[method.ToLowerInvariant()] = operation;
        }
    }

    private static JsonObject Info(string version)
    {
        using var text = new StreamReader(
            typeof(OpenApiDocument).Assembly.GetManifestResourceStream("introduction.markdown")!);
        return new()
        {
            ["title"] = "Tallystick API",
            ["version"] = version,
            ["summary"] = "The credit ledger for AI products.",
            ["description"] = text.ReadToEnd(),
            ["contact"] = new JsonObject { ["name"] = "Tallystick" },
        };
    }

    private static JsonObject Components(SchemaBook schemas)
    {
        var ordered = new JsonObject();
        foreach (var (name, schema) in schemas.Components.OrderBy(one => one.Key, StringComparer.Ordinal))
            ordered[name] = schema?.DeepClone();
        return new()
        {
            ["securitySchemes"] = new JsonObject
            {
                ["key"] = new JsonObject
                {
                    ["type"] = "http", ["scheme"] = "bearer",
                    ["description"] =
                        "A key of the project: the admin key that the first start prints, or a service key.",
                },
            },
            ["parameters"] = SchemaBook.Parameters(),
            ["headers"] = SchemaBook.Headers(),
            ["examples"] = schemas.Problems,
            ["schemas"] = ordered,
        };
    }
}
