using System.Globalization;
using System.Text.Json.Nodes;
using Tallystick.Contracts;
using Tallystick.Contracts.Gateway;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// One route of the gateway as an operation of the document: what a provider's own reference says of bodies is not said
/// again, what is ours is.
/// </summary>
internal sealed class GatewayOperation(GatewayRoute route, SchemaBook schemas)
{
    public const string Tag = "Gateway";
    private const string Json = "application/json";

    /// <summary>Whatever a call may be refused with, whichever provider's words it is told in.</summary>
    private static readonly string[] Codes =
    [
        ErrorCodes.InvalidRequest, ErrorCodes.Unauthenticated, ErrorCodes.Forbidden, ErrorCodes.NotFound,
        ErrorCodes.Internal, ErrorCodes.StoreUnavailable,
    ];

    private static readonly string[] CodesOfCalls =
    [
        ErrorCodes.InsufficientCredits, ErrorCodes.AccountSuspended, ErrorCodes.AccountClosed, ErrorCodes.Conflict,
        ErrorCodes.PayloadTooLarge, ErrorCodes.UnsupportedMediaType, ErrorCodes.IdempotencyMismatch,
        ErrorCodes.RateLimited, ErrorCodes.UpstreamError, ErrorCodes.UpstreamTimeout, ErrorCodes.Overloaded,
    ];

    public JsonObject ToJson()
    {
        var operation = new JsonObject
        {
            ["operationId"] = route.Name,
            ["summary"] = route.Summary,
            ["description"] = Description(),
            ["tags"] = new JsonArray(Tag),
            ["security"] = new JsonArray(
                Security("key"), Security("anthropic_key"), Security("google_key")),
            ["parameters"] = Parameters(),
        };
        if (route.Method == "POST" && !route.Pattern.EndsWith("/cancel", StringComparison.Ordinal))
            operation["requestBody"] = Body();
        operation["responses"] = Responses();
        return operation;
    }

    /// <summary>The ways in which the providers' SDKs send a key.</summary>
    public static void AddSchemes(JsonObject schemes)
    {
        foreach (var (name, header) in new[] { ("anthropic_key", "x-api-key"), ("google_key", "x-goog-api-key") })
            schemes[name] = new JsonObject
            {
                ["type"] = "apiKey", ["in"] = "header", ["name"] = header,
                ["description"] = "An account's, a licence's or a service key, as this provider's SDKs send it.",
            };
    }

    private static JsonObject Security(string scheme) => new() { [scheme] = new JsonArray() };

    private string Description()
    {
        var whose = route.Provider is { } provider
            ? $"As {provider}'s API has it, so that its SDKs work with another address and key. "
            : "";
        return whose + "For keys with the role account and licence keys, for their own account; with the role admin or "
            + "service, for the account named in `Tally-Account`.";
    }

    private JsonArray Parameters()
    {
        var parameters = new JsonArray();
        foreach (var name in RouteWords.PathParameters(route.Pattern))
            parameters.Add(Parameter(name, "path", name == "id" ? "Of the generation." : "The model's name.", true));
        if (route.Query is { } query)
            parameters.Add(Parameter(query, "query", "The id of a charge, a hold or a transaction.", true));
        parameters.Add(Parameter("Tally-Account", "header", "The account, for a back end's key.", false));
        if (route.IsCharged)
            parameters.Add(SchemaBook.Parameter(route.Takes is null ? "OptionalIdempotencyKey" : "IdempotencyKey"));
        parameters.Add(SchemaBook.Parameter("TraceParent"));
        return parameters;
    }

    private static JsonObject Parameter(string name, string place, string text, bool isRequired) => new()
    {
        ["name"] = name, ["in"] = place, ["required"] = isRequired, ["description"] = text,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private JsonObject Body()
    {
        var schema = route.Takes is { } taken ? schemas.Of(taken, isTaken: true)
            : new JsonObject { ["type"] = "object", ["additionalProperties"] = true };
        if (route.IsForm) schema["required"] = new JsonArray("file", "model");
        var content = new JsonObject { ["schema"] = schema };
        if (route.Sample is { } sample) content["example"] = JsonNode.Parse(sample);
        return new()
        {
            ["required"] = true,
            ["content"] = new JsonObject { [route.IsForm ? "multipart/form-data" : Json] = content },
        };
    }

    private JsonObject Responses()
    {
        var responses = new JsonObject
        {
            [route.Status.ToString(CultureInfo.InvariantCulture)] = Success(),
        };
        var codes = Codes.Concat(route.Method == "POST" ? CodesOfCalls : []);
        foreach (var group in codes.GroupBy(code => ErrorTable.Codes[code].Status).OrderBy(group => group.Key))
            responses[group.Key.ToString(CultureInfo.InvariantCulture)] = Refusal([.. group]);
        return responses;
    }

    private JsonObject Success()
    {
        var schema = route.Gives is { } given ? schemas.Of(given, isTaken: false) : new() { ["type"] = "object" };
        var content = new JsonObject { [Json] = new JsonObject { ["schema"] = schema } };
        if (route.Streams)
            content["text/event-stream"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        var headers = new JsonObject();
        foreach (var (name, text) in route is { IsCharged: true, Provider: not null } ? Receipt : [])
            headers[name] = new JsonObject
            {
                ["description"] = text, ["schema"] = new JsonObject { ["type"] = "string" },
            };
        return new() { ["description"] = "Done.", ["headers"] = headers, ["content"] = content };
    }

    private static readonly (string Name, string Text)[] Receipt =
    [
        ("Tally-Cost", "Credits that were charged. Of a stream these come in its last comment."),
        ("Tally-Balance-After", "The account's balance after it."),
        ("Tally-Charge-Id", "Of the charge, for a refund."),
        ("Tally-Transaction-Id", "Of the entry in the journal."),
        ("Tally-Hold-Id", "Of the hold; also of a stream, before its first byte."),
        ("Tally-Estimated", "`true` where the provider did not say what was used."),
    ];

    private JsonObject Refusal(string[] codes) => new()
    {
        ["description"] = string.Join('\n', codes.Select(code => $"- `{code}`: {ErrorTable.Codes[code].When}")),
        ["content"] = route.Provider is null
            ? new()
            {
                ["application/problem+json"] = new JsonObject
                {
                    ["schema"] = schemas.Of(typeof(ProblemResponse), isTaken: false),
                },
            }
            : new JsonObject
            {
                [Json] = new JsonObject
                {
                    ["schema"] = Error(), ["example"] = new JsonObject
                    {
                        ["error"] = new JsonObject
                        {
                            ["message"] = ErrorTable.Codes[codes[0]].When, ["code"] = codes[0],
                            ["trace_id"] = MemberRules.SampleOf(typeof(object), "trace_id"),
                        },
                    },
                },
            },
    };

    /// <summary>Google's has the status where the others have our code, which is in its details then.</summary>
    private static JsonObject Error() => new()
    {
        ["type"] = "object", ["required"] = new JsonArray("error"), ["additionalProperties"] = true,
        ["properties"] = new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["type"] = "object", ["required"] = new JsonArray("message", "trace_id"),
                ["description"] = "The provider's own error object, with our `code` and `trace_id` inside.",
                ["properties"] = new JsonObject
                {
                    ["message"] = new JsonObject { ["type"] = "string" },
                    ["code"] = new JsonObject { ["type"] = new JsonArray("string", "integer") },
                    ["trace_id"] = new JsonObject { ["type"] = "string" },
                },
            },
        },
    };
}
