using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Api.Http;
using Tallystick.Api.Reports;
using Tallystick.Contracts;
using Tallystick.Contracts.Batch;
using Tallystick.Contracts.Usage;

namespace Tallystick.Api.OpenApi;

/// <summary>One route of the table as an operation of the document.</summary>
internal sealed class Operation(ApiRoute route, SchemaBook schemas)
{
    private const string Json = "application/json", ProblemJson = "application/problem+json";

    public JsonObject ToJson()
    {
        var operation = new JsonObject
        {
            ["operationId"] = RouteWords.OperationId(route),
            ["summary"] = route.Summary,
            ["description"] = Description(),
            ["tags"] = new JsonArray(RouteWords.Tag(route.Pattern)),
        };
        var parameters = Parameters();
        if (parameters.Count > 0) operation["parameters"] = parameters;
        if (route.Takes is { } taken) operation["requestBody"] = Body(taken);
        operation["responses"] = Responses();
        return operation;
    }

    private string Description()
    {
        var text = route.KeyUse switch
        {
            KeyUse.Required =>
                "Send an `Idempotency-Key`: the same request again gives the first answer and does nothing twice.",
            KeyUse.Optional =>
                "Idempotent by nature: the same call again gives the first answer, with a key or without.",
            _ when route.Method == "GET" => "Changes nothing.",
            _ => "Idempotent by nature: it leads to the state that it asks for.",
        };
        return $"{text} For keys with the role {string.Join(" or ", route.Roles).ToLowerInvariant()}.";
    }

    private JsonObject Body(Type taken)
    {
        var (schema, sample) = taken == typeof(BatchRequest) ? (BatchSchema.Of(schemas), BatchSchema.Sample())
            : taken == typeof(JsonElement) ? (TableSchema.Of(), TableSchema.Sample())
            : (schemas.Of(taken, isTaken: true), Sample.Object(taken, isTaken: true));
        if (taken == typeof(UsageEventRequest)) return EventSchema.Body(schema, sample);
        return new()
        {
            ["required"] = sample.Count > 0 && (taken == typeof(JsonElement) || RouteWords.NeedsBody(taken)),
            ["content"] = Content(Json, schema, sample),
        };
    }

    private JsonArray Parameters()
    {
        var parameters = new JsonArray();
        foreach (var name in RouteWords.PathParameters(route.Pattern)) parameters.Add(Parameter(name, "path"));
        foreach (var name in route.Query) parameters.Add(Parameter(name, "query"));
        if (route.KeyUse != KeyUse.Ignored)
            parameters.Add(SchemaBook.Parameter(
                route.KeyUse == KeyUse.Required ? "IdempotencyKey" : "OptionalIdempotencyKey"));
        parameters.Add(SchemaBook.Parameter("TraceParent"));
        return parameters;
    }

    private JsonObject Parameter(string name, string place)
    {
        var (schema, text, sample) = RouteWords.Parameter(route, name);
        var parameter = new JsonObject
        {
            ["name"] = name, ["in"] = place, ["description"] = text, ["schema"] = schema,
        };
        if (place == "path" || RouteWords.IsRequired(route, name)) parameter["required"] = true;
        if (sample is not null) parameter["example"] = sample;
        return parameter;
    }

    private JsonObject Responses()
    {
        var responses = new JsonObject();
        foreach (var status in RouteWords.Statuses(route))
            responses[status.ToString(CultureInfo.InvariantCulture)] = Success(status);
        var problems = RouteCodes.Of(route).GroupBy(code => ErrorTable.Codes[code].Status);
        foreach (var codes in problems.OrderBy(one => one.Key))
            responses[codes.Key.ToString(CultureInfo.InvariantCulture)] = Problem(codes.Key, [.. codes]);
        return responses;
    }

    private JsonObject Success(int status)
    {
        var headers = Headers();
        if (route.KeyUse != KeyUse.Ignored) headers["Idempotent-Replayed"] = Header("IdempotentReplayed");
        var content = Content(Json, schemas.Of(route.Gives!, isTaken: false), Sample.Given(route.Gives!));
        if (route.HasCsv)
            content[ReportCsv.ContentType] = new JsonObject
            {
                ["schema"] = new JsonObject { ["type"] = "string" },
                ["example"] = "date,total_events\r\n2026-01-31,3\r\n",
            };
        return new()
        {
            ["description"] = status == 201 ? "Created." : "Done.", ["headers"] = headers, ["content"] = content,
        };
    }

    private JsonObject Problem(int status, string[] codes)
    {
        var headers = Headers();
        if (status is 503 or 429) headers["Retry-After"] = Header("RetryAfter");
        var examples = new JsonObject();
        foreach (var code in codes) examples[code] = schemas.Problem(code);
        return new()
        {
            ["description"] = string.Join('\n', codes.Select(code => $"- `{code}`: {ErrorTable.Codes[code].When}")),
            ["headers"] = headers,
            ["content"] = new JsonObject
            {
                [ProblemJson] = new JsonObject
                {
                    ["schema"] = schemas.Of(typeof(ProblemResponse), isTaken: false), ["examples"] = examples,
                },
            },
        };
    }

    private static JsonObject Headers() => new()
    {
        ["Trace-Id"] = Header("TraceId"), ["RateLimit-Policy"] = Header("RateLimitPolicy"),
        ["RateLimit"] = Header("RateLimit"),
    };

    private static JsonObject Content(string type, JsonObject schema, JsonNode sample) =>
        new() { [type] = new JsonObject { ["schema"] = schema, ["example"] = sample } };

    private static JsonObject Header(string name) => new() { ["$ref"] = "#/components/headers/" + name };
}
