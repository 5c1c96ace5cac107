using System.Text.Json.Nodes;
using Tallystick.Api.Usage;

namespace Tallystick.Api.OpenApi;

/// <summary>The forms in which usage events come.</summary>
internal static class EventSchema
{
    public static JsonObject Body(JsonObject schema, JsonObject sample) => new()
    {
        ["required"] = true,
        ["content"] = new JsonObject
        {
            [UsageEventReader.Json] = new JsonObject
            {
                ["schema"] = new JsonObject
                {
                    ["anyOf"] = new JsonArray(schema.DeepClone(), Many(schema.DeepClone())),
                },
                ["example"] = new JsonArray(sample.DeepClone()),
            },
            [UsageEventReader.Lines] = new JsonObject
            {
                ["schema"] = new JsonObject { ["type"] = "string", ["description"] = "One event on each line." },
                ["example"] = sample.ToJsonString() + "\n",
            },
            [UsageEventReader.CloudEvent] = new JsonObject
            {
                ["schema"] = CloudEvent(), ["example"] = CloudEventSample(sample),
            },
            [UsageEventReader.CloudEventBatch] = new JsonObject
            {
                ["schema"] = Many(CloudEvent()), ["example"] = new JsonArray(CloudEventSample(sample)),
            },
        },
    };

    private static JsonObject Many(JsonNode one) => new()
    {
        ["type"] = "array", ["minItems"] = 1, ["maxItems"] = UsageEventReader.EventsMax, ["items"] = one,
    };

    private static JsonObject CloudEvent() => new()
    {
        ["type"] = "object",
        ["description"] = "A CloudEvent 1.0: `subject` is the account, `data` a usage or `{usage, charge, metadata}`.",
        ["properties"] = new JsonObject
        {
            ["specversion"] = new JsonObject { ["type"] = "string", ["const"] = "1.0" },
            ["id"] = Text(), ["source"] = Text(), ["type"] = Text(), ["subject"] = Text(),
            ["time"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            ["data"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = true },
        },
        ["required"] = new JsonArray("specversion", "id", "source", "type", "data"),
        ["additionalProperties"] = true,
    };

    private static JsonObject CloudEventSample(JsonObject sample) => new()
    {
        ["specversion"] = "1.0", ["id"] = sample["id"]!.DeepClone(), ["source"] = "/gateway", ["type"] = "chat",
        ["subject"] = sample["account_id"]!.DeepClone(), ["time"] = "2026-01-31T12:00:00Z",
        ["data"] = sample["usage"]!.DeepClone(),
    };

    private static JsonObject Text() => new() { ["type"] = "string" };
}
