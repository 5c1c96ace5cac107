using System.Text.Json.Nodes;
using Tallystick.Api.Batch;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.OpenApi;

/// <summary>A batch's operations: each is the request of its own route with <c>op</c>, key and id beside it.</summary>
internal static class BatchSchema
{
    public static JsonObject Of(SchemaBook schemas)
    {
        var mapping = new JsonObject();
        var choices = new JsonArray();
        foreach (var (op, kind) in BatchOperation.All)
        {
            var name = "Batch" + char.ToUpperInvariant(op[0]) + op[1..];
            schemas.Components[name] = Of(schemas, op, kind);
            choices.Add(SchemaBook.Reference(name));
            mapping[op] = "#/components/schemas/" + name;
        }
        return new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["operations"] = new JsonObject
                {
                    ["type"] = "array", ["minItems"] = 1, ["maxItems"] = 10_000,
                    ["items"] = new JsonObject
                    {
                        ["oneOf"] = choices,
                        ["discriminator"] = new JsonObject { ["propertyName"] = "op", ["mapping"] = mapping },
                    },
                },
            },
            ["required"] = new JsonArray("operations"),
            ["additionalProperties"] = false,
        };
    }

    public static JsonObject Sample() => new()
    {
        ["operations"] = new JsonArray(
            new JsonObject
            {
                ["op"] = "charge", ["idempotency_key"] = "chat-7412", ["account_id"] = "acme", ["amount"] = "2.50",
            },
            new JsonObject { ["op"] = "release", ["hold_id"] = MemberRules.SampleOf(typeof(object), "hold_id") }),
    };

    private static JsonObject Of(SchemaBook schemas, string op, BatchOperation.Kind kind)
    {
        var (properties, required) =
            schemas.MembersOf(ContractsJson.Default.GetTypeInfo(kind.Route.Takes!)!, isTaken: true);
        properties["op"] = new JsonObject { ["type"] = "string", ["const"] = op };
        properties["idempotency_key"] = SchemaBook.KeySchema();
        required.Add("op");
        if (kind.Route.KeyUse == Http.KeyUse.Required) required.Add("idempotency_key");
        if (kind.Id is { } id)
        {
            properties[id] = new JsonObject { ["type"] = "string" };
            required.Add(id);
        }
        return new()
        {
            ["type"] = "object", ["description"] = kind.Route.Summary + ".", ["properties"] = properties,
            ["required"] = required, ["additionalProperties"] = false,
        };
    }
}
