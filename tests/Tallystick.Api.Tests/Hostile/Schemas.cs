using System.Text.Json.Nodes;

namespace Tallystick.Api.Tests.Hostile;

/// <summary>Walks through the schemas of the API's document.</summary>
internal static class Schemas
{
    private const int DepthMax = 4;

    public static JsonObject Resolve(JsonObject document, JsonObject schema)
    {
        while (schema["$ref"] is { } reference)
        {
            JsonNode node = document;
            foreach (var part in ((string)reference!)[2..].Split('/')) node = node[part]!;
            schema = node.AsObject();
        }
        return schema;
    }

    /// <summary>Every member that a body may have, as names from the outside in.</summary>
    public static IEnumerable<string[]> MembersOf(JsonObject document, JsonObject schema, int depth = 0)
    {
        if (depth == DepthMax) yield break;
        foreach (var one in Choices(document, schema))
            foreach (var (name, member) in one["properties"]?.AsObject() ?? [])
            {
                yield return [name];
                foreach (var inner in MembersOf(document, member!.AsObject(), depth + 1)) yield return [name, .. inner];
            }
    }

    private static IEnumerable<JsonObject> Choices(JsonObject document, JsonObject schema)
    {
        schema = Resolve(document, schema);
        var choices = (schema["anyOf"] ?? schema["oneOf"])?.AsArray();
        return choices is null ? [schema] : choices.SelectMany(choice => Choices(document, choice!.AsObject()));
    }
}
