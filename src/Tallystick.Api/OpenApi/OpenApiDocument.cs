using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Api.Http;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// The OpenAPI 3.1 document: the table of routes with the contracts that they take and give. Made from what the server
/// runs on, so that it cannot say anything else.
/// </summary>
internal static class OpenApiDocument
{
    public static byte[] Write(IEnumerable<ApiRoute> routes, string version)
    {
        var schemas = new SchemaBook();
        var paths = new JsonObject();
        var used = new List<string>();
        foreach (var route in routes)
        {
            if (paths[route.Pattern] is not JsonObject path) paths[route.Pattern] = path = [];
            path[route.Method.ToLowerInvariant()] = new Operation(route, schemas).ToJson();
            used.Add(RouteWords.Tag(route.Pattern));
        }
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = Info(version),
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "This server" }),
            ["tags"] = Tags.ToJson(used),
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = Components(schemas),
        };
        return JsonSerializer.SerializeToUtf8Bytes(document);
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
