using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tallystick.Api.Tests.Contract;

/// <summary>
/// JSON Schema 2020-12 as far as the API's document uses it; a keyword that it does not know is an error. Stricter in
/// one way: an object may only have the members that its schema names.
/// </summary>
internal sealed class SchemaValidator(JsonObject document)
{
    private static readonly HashSet<string> Annotations =
        ["description", "examples", "default", "discriminator", "title"];

    /// <summary>What is wrong with the value, place first; empty if it is valid.</summary>
    public IEnumerable<string> Validate(JsonObject schema, JsonNode? value, string path = "$")
    {
        foreach (var (keyword, rule) in schema)
        {
            if (Annotations.Contains(keyword) || rule is null) continue;
            foreach (var fault in Check(keyword, rule, schema, value, path)) yield return fault;
        }
    }

    private IEnumerable<string> Check(string keyword, JsonNode rule, JsonObject schema, JsonNode? value, string path) =>
        keyword switch
        {
            "$ref" => Validate(Resolve((string)rule!), value, path),
            "type" => Require(Types(rule).Any(type => IsOf(type, value)), $"{path} is no {rule.ToJsonString()}"),
            "enum" => Require(rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)), $"{path} is none of {rule}"),
            "const" => Require(JsonNode.DeepEquals(rule, value), $"{path} is not {rule}"),
            "pattern" => OfText(value, text => Regex.IsMatch(text, (string)rule!), $"{path} is not of the form {rule}"),
            "minLength" => OfText(value, text => text.Length >= (int)rule!, $"{path} is too short"),
            "maxLength" => OfText(value, text => text.Length <= (int)rule!, $"{path} is too long"),
            "format" => OfFormat((string)rule!, value, path),
            "minimum" =>
                Require(!IsOf("number", value) || Number(value) >= Number(rule), $"{path} is less than {rule}"),
            "maximum" =>
                Require(!IsOf("number", value) || Number(value) <= Number(rule), $"{path} is more than {rule}"),
            "minItems" => Require(value is not JsonArray a || a.Count >= (int)rule!, $"{path} has too few items"),
            "maxItems" => Require(value is not JsonArray a || a.Count <= (int)rule!, $"{path} has too many items"),
            "maxProperties" =>
                Require(value is not JsonObject o || o.Count <= (int)rule!, $"{path} has too many members"),
            "items" => value is not JsonArray items ? []
                : items.Index().SelectMany(item => Validate(rule.AsObject(), item.Item, $"{path}[{item.Index}]")),
            "properties" => value is not JsonObject members ? [] : Members(rule.AsObject(), members, schema, path),
            "required" => value is not JsonObject members ? []
                : rule.AsArray().Where(name => !members.ContainsKey((string)name!))
                    .Select(name => $"{path} lacks {name}"),
            "additionalProperties" => Additional(rule, schema, value, path),
            "anyOf" => Require(Matches(rule, value, path) >= 1, $"{path} matches none of anyOf"),
            "oneOf" => Require(Matches(rule, value, path) == 1, $"{path} matches not exactly one of oneOf"),
            _ => [$"the document uses {keyword}, which is not checked"],
        };

    private JsonObject Resolve(string reference)
    {
        JsonNode node = document;
        foreach (var part in reference[2..].Split('/')) node = node[part] ?? throw new KeyNotFoundException(reference);
        return node.AsObject();
    }

    private IEnumerable<string> Members(JsonObject properties, JsonObject members, JsonObject schema, string path)
    {
        foreach (var (name, value) in members)
        {
            if (properties[name] is JsonObject known)
                foreach (var fault in Validate(known, value, $"{path}.{name}")) yield return fault;
            else if (schema["additionalProperties"] is null) yield return $"{path} has the unknown member {name}";
        }
    }

    private IEnumerable<string> Additional(JsonNode rule, JsonObject schema, JsonNode? value, string path)
    {
        if (value is not JsonObject members) return [];
        var named = schema["properties"]?.AsObject();
        var others = members.Where(member => named is null || !named.ContainsKey(member.Key));
        if (rule is JsonObject inner)
            return others.SelectMany(member => Validate(inner, member.Value, $"{path}.{member.Key}"));
        return (bool)rule ? [] : others.Select(member => $"{path} has the unknown member {member.Key}");
    }

    private int Matches(JsonNode choices, JsonNode? value, string path) =>
        choices.AsArray().Count(choice => !Validate(choice!.AsObject(), value, path).Any());

    private static IEnumerable<string> OfText(JsonNode? value, Func<string, bool> isValid, string fault) =>
        Require(value?.GetValueKind() != JsonValueKind.String || isValid((string)value!), fault);

    private static IEnumerable<string> OfFormat(string format, JsonNode? value, string path) => format switch
    {
        "date-time" => OfText(
            value,
            text => Regex.IsMatch(text, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
            $"{path} is no time"),
        "int32" or "int64" => [],
        _ => [$"the document uses the format {format}, which is not checked"],
    };

    private static IEnumerable<string> Types(JsonNode rule) =>
        rule is JsonArray several ? several.Select(type => (string)type!) : [(string)rule!];

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value!.ToJsonString(), out _),
        _ => false,
    };

    private static decimal Number(JsonNode? value) =>
        decimal.Parse(value!.ToJsonString(), CultureInfo.InvariantCulture);

    private static IEnumerable<string> Require(bool isSo, string fault) => isSo ? [] : [fault];
}
