using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Tallystick.Api.Tests.Contract;

/// <summary>The document that a server serves, and whether what it answers is what the document says.</summary>
internal sealed class ApiContract(JsonObject document)
{
    private static readonly SemaphoreSlim Once = new(1);
    private static ApiContract? _fetched;

    private readonly SchemaValidator _validator = new(document);
    private readonly List<(Regex Path, JsonObject Methods)> _paths =
    [
        .. from path in document["paths"]!.AsObject()
           let form = Regex.Replace(Regex.Escape(path.Key), @"\\\{\w+}", "[^/]+")
           select (new Regex($"^{form}$"), path.Value!.AsObject()),
    ];

    /// <summary>Read once: every server of the tests has the same routes.</summary>
    public static async Task<ApiContract> FetchAsync(HttpClient http)
    {
        await Once.WaitAsync();
        try
        {
            return _fetched ??= new(JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!.AsObject());
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Fails where an answer of a route of the document is not one that it promises.</summary>
    public void Check(HttpRequestMessage request, HttpResponseMessage answer, JsonNode? body)
    {
        var method = request.Method.Method;
        var path = request.RequestUri!.AbsolutePath;
        var methods = _paths.FirstOrDefault(one => one.Path.IsMatch(path)).Methods;
        if (methods?[method.ToLowerInvariant()] is not JsonObject operation) return;
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        // What Kestrel cannot parse is refused before any of our code sees it.
        if (status == "400" && answer.Content.Headers.ContentType is null) return;
        var promised = operation["responses"]![status]?.AsObject();
        var code = (body as JsonObject)?["code"];
        Assert.True(promised is not null, $"{method} {path} answered {status} {code}, which is not documented");

        var content = promised["content"]![answer.Content.Headers.ContentType!.MediaType!]!.AsObject();
        var faults = _validator.Validate(content["schema"]!.AsObject(), body).ToList();
        Assert.True(faults.Count == 0, $"{method} {path} {status}: {string.Join("; ", faults)}\n{body}");
        if (status[0] is '4' or '5')
            Assert.True(
                content["examples"]!.AsObject().ContainsKey((string)body!["code"]!),
                $"{method} {path} answered {body["code"]}, which is not documented");
        foreach (var (name, header) in promised["headers"]!.AsObject())
            Assert.True(name != "Trace-Id" || answer.Headers.Contains(name), $"{method} {path} has no {name}");
    }

    /// <summary>Every example of the document with the schema that it must keep.</summary>
    public IEnumerable<(string Where, IEnumerable<string> Faults)> Examples() =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        from media in MediaOf(operation.Value!.AsObject())
        from example in ExamplesOf(media.Content)
        select ($"{operation.Key} {path.Key} {media.Where}",
            _validator.Validate(media.Content["schema"]!.AsObject(), example));

    private static IEnumerable<(string Where, JsonObject Content)> MediaOf(JsonObject operation)
    {
        foreach (var (_, content) in operation["requestBody"]?["content"]?.AsObject() ?? [])
            yield return ("request", content!.AsObject());
        foreach (var (status, response) in operation["responses"]!.AsObject())
            foreach (var (_, content) in response!["content"]!.AsObject()) yield return (status, content!.AsObject());
    }

    private IEnumerable<JsonNode?> ExamplesOf(JsonObject content)
    {
        if (content["example"] is { } one) yield return one;
        foreach (var (name, _) in content["examples"]?.AsObject() ?? [])
            yield return document["components"]!["examples"]![name]!["value"];
    }
}
