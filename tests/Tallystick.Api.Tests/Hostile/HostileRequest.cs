using System.Text;
using System.Text.Json.Nodes;

namespace Tallystick.Api.Tests.Hostile;

/// <summary>A request of a route of the API's document with one thing in it that is wrong, or odd.</summary>
/// <param name="Body">Null where the route takes none.</param>
internal sealed record HostileRequest(string Method, string Path, string? Body)
{
    public string ContentType { get; init; } = "application/json";

    public HttpRequestMessage ToMessage(string key)
    {
        var message = new HttpRequestMessage(new(Method), new Uri(Path, UriKind.Relative));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
            message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }
        message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return message;
    }

    /// <summary>
    /// All of one route: every member of its body, every part of its path and every parameter, each with every value.
    /// </summary>
    /// <param name="document">The API's document.</param>
    /// <param name="pattern">Of the route, as the document has it.</param>
    /// <param name="valid">A call of the route that is in order.</param>
    public static IEnumerable<HostileRequest> Of(JsonObject document, string pattern, HostileRequest valid)
    {
        var operation = document["paths"]![pattern]![valid.Method.ToLowerInvariant()]!.AsObject();
        return OfPath(pattern, valid)
            .Concat(OfQuery(document, operation, valid)).Concat(OfBody(document, operation, valid));
    }

    private static IEnumerable<HostileRequest> OfPath(string pattern, HostileRequest valid)
    {
        var query = valid.Path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? valid.Path[at..] : "";
        var parts = valid.Path[..^query.Length].Split('/');
        var names = pattern.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            if (!names[i].StartsWith('{')) continue;
            foreach (var segment in HostileValues.Segments)
            {
                var path = string.Join('/', [.. parts[..i], segment, .. parts[(i + 1)..]]);
                yield return valid with { Path = path + query };
            }
        }
        yield return valid with { Path = valid.Path.ToUpperInvariant() };
        yield return valid with { Path = valid.Path.Replace("/v1/", "//v1/", StringComparison.Ordinal) };
    }

    private static IEnumerable<HostileRequest> OfQuery(JsonObject document, JsonObject operation, HostileRequest valid)
    {
        var start = valid.Path + (valid.Path.Contains('?', StringComparison.Ordinal) ? "&" : "?");
        var names = from parameter in operation["parameters"]?.AsArray() ?? []
                    let resolved = Schemas.Resolve(document, parameter!.AsObject())
                    where (string)resolved["in"]! == "query"
                    select (string)resolved["name"]!;
        foreach (var name in names.Append("nonesuch").Append("at"))
            foreach (var value in HostileValues.Queries)
                yield return valid with { Path = $"{start}{name}={value}" };
    }

    private static IEnumerable<HostileRequest> OfBody(JsonObject document, JsonObject operation, HostileRequest valid)
    {
        if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is not JsonObject schema) yield break;
        foreach (var body in HostileValues.Bodies) yield return valid with { Body = body };
        foreach (var type in new[] { "", "text/plain", "application/xml", "application/json; charset=utf-16", "a/b/c" })
            yield return valid with { ContentType = type };
        var members = JsonNode.Parse(valid.Body ?? "{}")!.AsObject();
        foreach (var path in Schemas.MembersOf(document, schema))
            foreach (var value in HostileValues.Members)
                yield return valid with { Body = With(members, path, value) };
        foreach (var (name, _) in members)
        {
            var less = members.DeepClone().AsObject();
            less.Remove(name);
            yield return valid with { Body = less.ToJsonString() };
            var twice = members.ToJsonString();
            yield return valid with { Body = $"{twice[..^1]},{twice[1..]}" };
        }
        yield return valid with { Body = With(members, ["nonesuch"], "1") };
    }

    /// <summary>The body with a member that is written as given, wherever it stands.</summary>
    private static string With(JsonObject members, string[] path, string value)
    {
        const string Mark = "\"\\u0000here\"";
        var changed = members.DeepClone().AsObject();
        var parent = changed;
        foreach (var name in path[..^1])
        {
            if (parent[name] is not JsonObject inner) parent[name] = inner = [];
            parent = inner;
        }
        parent[path[^1]] = "\u0000here";
        return changed.ToJsonString().Replace(Mark, value, StringComparison.Ordinal);
    }
}
