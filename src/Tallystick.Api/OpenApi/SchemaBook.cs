using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// The schemas of what travels, from the very metadata that reads and writes it. A type that is both taken and given
/// has one for each direction: what is taken is strict about members, what is given always has all of them.
/// </summary>
internal sealed class SchemaBook
{
    private const string AmountForm = @"^-?(0|[1-9][0-9]{0,12})\.[0-9]{6}$";
    private const string AmountInputForm = @"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$";
    private const string NumberForm = @"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$";
    private const string NumberInputForm = @"^(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?$";
    private readonly HashSet<string> _begun = [];

    public JsonObject Components { get; } = new()
    {
        ["Amount"] = new JsonObject
        {
            ["type"] = "string", ["pattern"] = AmountForm, ["examples"] = new JsonArray("2.500000"),
            ["description"] = "Credits with six decimals, exact to the millionth.",
        },
        ["AmountInput"] = new JsonObject
        {
            ["type"] = new JsonArray("string", "number"), ["pattern"] = AmountInputForm,
            ["examples"] = new JsonArray("2.50"),
            ["description"] = "Credits, read exactly as written: 1–12 digits, optionally a point and 1–6 digits. "
                + "Never rounded; no sign, no exponent.",
        },
        ["Number"] = new JsonObject
        {
            ["type"] = "string", ["pattern"] = NumberForm, ["examples"] = new JsonArray("0.000003"),
            ["description"] = "A decimal with all its digits.",
        },
        ["NumberInput"] = new JsonObject
        {
            ["type"] = new JsonArray("string", "number"), ["pattern"] = NumberInputForm,
            ["examples"] = new JsonArray("0.3"),
            ["description"] = "A decimal, read exactly as written; not negative.",
        },
        ["Timestamp"] = new JsonObject
        {
            ["type"] = "string", ["format"] = "date-time", ["examples"] = new JsonArray("2026-01-31T12:00:00Z"),
            ["description"] = "RFC 3339. Given in UTC, in whole microseconds; taken with any offset.",
        },
    };

    /// <summary>One for each code that a route may answer with.</summary>
    public JsonObject Problems { get; } = [];

    public JsonObject Problem(string code)
    {
        if (!Problems.ContainsKey(code)) Problems[code] = new JsonObject { ["value"] = ProblemSample.Of(code) };
        return new() { ["$ref"] = "#/components/examples/" + code };
    }

    public JsonObject Of(Type type, bool isTaken)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Of(inner, isTaken);
        if (type == typeof(string)) return new() { ["type"] = "string" };
        if (type == typeof(bool)) return new() { ["type"] = "boolean" };
        if (type == typeof(int)) return new() { ["type"] = "integer", ["format"] = "int32" };
        if (type == typeof(long)) return new() { ["type"] = "integer", ["format"] = "int64" };
        if (type == typeof(Amount)) return Reference(isTaken ? "AmountInput" : "Amount");
        if (type == typeof(TimestampOrNull)) return OrNull(Reference("Timestamp"));
        if (type == typeof(AmountOrNull)) return OrNull(Reference("AmountInput"));
        if (type == typeof(ExactNumber)) return Reference(isTaken ? "NumberInput" : "Number");
        if (type == typeof(Timestamp)) return Reference("Timestamp");
        if (type == typeof(JsonElement)) return new() { ["type"] = "object", ["additionalProperties"] = true };
        var info = ContractsJson.Default.GetTypeInfo(type)
            ?? throw new InvalidOperationException($"{type} does not travel");
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new() { ["type"] = "array", ["items"] = Of(info.ElementType!, isTaken) },
            JsonTypeInfoKind.Dictionary => new()
            {
                ["type"] = "object", ["additionalProperties"] = Of(info.ElementType!, isTaken),
            },
            JsonTypeInfoKind.Object => Reference(Enter(info, isTaken)),
            _ => throw new InvalidOperationException($"{type} has no schema"),
        };
    }

    /// <summary>The members of an object type, and which of them must be there.</summary>
    public (JsonObject Properties, JsonArray Required) MembersOf(JsonTypeInfo info, bool isTaken)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var member in info.Properties)
        {
            properties[member.Name] = Of(info.Type, member, isTaken);
            if (isTaken ? member.IsRequired : !IsLeftOut(member)) required.Add(member.Name);
        }
        return (properties, required);
    }

    private string Enter(JsonTypeInfo info, bool isTaken)
    {
        var name = SchemaName.Of(info.Type, isTaken);
        if (!_begun.Add(name)) return name;
        var (properties, required) = MembersOf(info, isTaken);
        var schema = new JsonObject { ["type"] = "object" };
        if (DocComments.Of(info.Type) is { } text) schema["description"] = text;
        schema["properties"] = properties;
        if (required.Count > 0) schema["required"] = required;
        if (isTaken) schema["additionalProperties"] = false;
        Components[name] = schema;
        return name;
    }

    private JsonObject Of(Type owner, JsonPropertyInfo member, bool isTaken)
    {
        var schema = Of(member.PropertyType, isTaken);
        var mayBeNull = isTaken ? member.IsSetNullable : member.IsGetNullable;
        if (Nullable.GetUnderlyingType(member.PropertyType) is not null) mayBeNull = true;
        if (MemberRules.WordsOf(owner, member.Name) is { } words)
            schema["enum"] = new JsonArray(
                [.. words.Select(word => (JsonNode)word), .. mayBeNull ? [null] : Array.Empty<JsonNode?>()]);
        foreach (var (keyword, value) in MemberRules.FormOf(owner, member.Name) ?? [])
            if (schema.ContainsKey("type") && (isTaken || keyword != "default")) schema[keyword] = value?.DeepClone();
        if (mayBeNull) schema = OrNull(schema);
        if (member.AttributeProvider is MemberInfo declared && DocComments.Of(declared) is { } text)
            schema["description"] = text;
        return schema;
    }

    /// <summary>Whether an answer may come without it.</summary>
    private static bool IsLeftOut(JsonPropertyInfo member) =>
        member.AttributeProvider is MemberInfo declared
            && declared.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.WhenWritingNull };

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.DeepClone(), "null");
            return schema;
        }
        return new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
    }

    public static JsonObject KeySchema()
    {
        var schema = new JsonObject { ["type"] = "string" };
        foreach (var (keyword, value) in MemberRules.FormOf(typeof(object), "idempotency_key")!)
            schema[keyword] = value?.DeepClone();
        return schema;
    }

    public static JsonObject Parameter(string name) => new() { ["$ref"] = "#/components/parameters/" + name };

    /// <summary>Headers that requests share.</summary>
    public static JsonObject Parameters()
    {
        return new()
        {
            ["IdempotencyKey"] = Key(isRequired: true),
            ["OptionalIdempotencyKey"] = Key(isRequired: false),
            ["TraceParent"] = new JsonObject
            {
                ["name"] = "traceparent", ["in"] = "header", ["schema"] = new JsonObject { ["type"] = "string" },
                ["description"] = "W3C trace context: its trace id becomes the request's.",
            },
        };

        static JsonObject Key(bool isRequired) => new()
        {
            ["name"] = "Idempotency-Key", ["in"] = "header", ["required"] = isRequired, ["schema"] = KeySchema(),
            ["description"] = "1–255 printable ASCII characters without spaces, of your choice.",
            ["example"] = "chat-7412",
        };
    }

    /// <summary>Headers that answers share.</summary>
    public static JsonObject Headers() => new()
    {
        ["TraceId"] = Header(
            "string", "Finds the request in log and journal.", MemberRules.SampleOf(typeof(object), "trace_id")),
        ["IdempotentReplayed"] = Header("string", "`true` where an earlier request with this key had done it.", "true"),
        ["RateLimitPolicy"] = Header(
            "string", "The limits of the key and the account, where there are any.", "\"key\";q=600;w=60"),
        ["RateLimit"] = Header("string", "What they leave, and when there is more.", "\"key\";r=599;t=6"),
        ["RetryAfter"] = Header("integer", "Seconds to wait before the same request is sent again.", 1),
    };

    private static JsonObject Header(string type, string text, JsonNode? sample) => new()
    {
        ["description"] = text, ["schema"] = new JsonObject { ["type"] = type }, ["example"] = sample,
    };

    public static JsonObject Reference(string name) => new() { ["$ref"] = "#/components/schemas/" + name };
}
