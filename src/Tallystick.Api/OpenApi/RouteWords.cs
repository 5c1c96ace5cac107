using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// What a route is called, where it belongs, what may come of it: read off its pattern and its contracts.
/// </summary>
internal static partial class RouteWords
{
    private const string Prefix = "/api/v1/";

    /// <summary>
    /// GET of a thing is <c>get_hold</c>, of many <c>list_holds</c>; POST on one is its verb: <c>capture_hold</c>.
    /// </summary>
    public static string OperationId(ApiRoute route)
    {
        var parts = route.Pattern[Prefix.Length..].Replace('-', '_').Split('/');
        var nouns = new List<string>();
        for (var i = 0; i < parts.Length; i++)
        {
            var isOfOne = i + 1 < parts.Length && IsParameter(parts[i + 1]);
            if (!IsParameter(parts[i])) nouns.Add(isOfOne ? Singular(parts[i]) : NounOf(parts[i]));
        }
        var isOne = IsParameter(parts[^1]);
        if (route.Method == "POST" && parts.Length > 1 && !isOne && !IsCollection(parts[^1]))
            return string.Join('_', [nouns[^1], .. nouns[..^1]]);
        var verb = route.Method switch
        {
            "GET" when route.Gives is { IsGenericType: true } => "list",
            "POST" when IsCollection(parts[^1]) => "create",
            "POST" => "",
            var method => method.ToLowerInvariant(),
        };
        if (verb == "create") nouns[^1] = Singular(nouns[^1]);
        return string.Join('_', verb.Length == 0 ? nouns : [verb, .. nouns]);
    }

    public static string Tag(string pattern)
    {
        var nouns = pattern[Prefix.Length..].Split('/').Where(part => !IsParameter(part)).ToList();
        return Tags.Of(nouns.LastOrDefault(Tags.IsKnown) ?? nouns[0]);
    }

    public static IEnumerable<string> PathParameters(string pattern) =>
        ParameterForm().Matches(pattern).Select(name => name.Groups[1].Value);

    /// <summary>Whether a request without a body is malformed.</summary>
    public static bool NeedsBody(Type taken) =>
        ContractsJson.Default.GetTypeInfo(taken)!.Properties.Any(member => member.IsRequired);

    public static bool IsRequired(ApiRoute route, string name) =>
        name == "account_id" && route.Query.Contains(name)
            && route.Pattern.EndsWith("/holds", StringComparison.Ordinal);

    public static IEnumerable<int> Statuses(ApiRoute route) =>
        route.Method == "PUT" && route.Takes == typeof(PutAccountRequest) ? [200, 201] : [route.Status];

    public static (JsonObject Schema, string Text, string? Sample) Parameter(ApiRoute route, string name)
    {
        var owner = route.Gives is { IsGenericType: true } page ? page.GenericTypeArguments[0] : route.Gives!;
        var schema = new JsonObject { ["type"] = name == "limit" ? "integer" : "string" };
        var isReport = route.Query.Contains("time_zone");
        if (name is "at" or "from" or "to" && !isReport) schema["format"] = "date-time";
        foreach (var (keyword, value) in MemberRules.FormOf(owner, name) ?? []) schema[keyword] = value?.DeepClone();
        if (MemberRules.WordsOf(owner, name) is { } words)
            schema["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
        var thing = route.Pattern[Prefix.Length..].Split('/')[0];
        return name switch
        {
            "limit" => (schema, "How many at most.", null),
            "cursor" => (schema, "`next_cursor` of the page before.", null),
            "at" => (schema, "An instant that has passed; default now.", null),
            "from" when isReport => (schema, "From this instant, or the midnight that this date begins with.", null),
            "to" when isReport => (schema, "Before this instant or midnight; default now.", null),
            "from" => (schema, "From this instant on.", null),
            "to" => (schema, "Before this instant.", null),
            "time_zone" =>
                (schema, "An IANA time zone; default the account's, of a whole project UTC.", "Europe/Berlin"),
            "key" => (schema, "One of the project's `report_keys`.", "team"),
            "format" when route.HasCsv => (schema, "`json` or `csv`; else as `Accept` says.", "json"),
            "format" => (
                schema, "`litellm`, `genai_prices`, `models_dev` or `tallystick`, the form of `PUT /api/v1/prices`.",
                "litellm"),
            "dry_run" => (schema, "`true`: only tell what would change.", null),
            "source" => (schema, "Where the table is from, for people; default the format.", null),
            "account_id" => (schema, "The account, by the id that you gave it.", "acme"),
            "name" => (schema, "A name of your choice.", "acme-today"),
            "id" => (schema, $"The id of the {Singular(thing).Replace('-', ' ')}.", MemberRules.SampleOf(owner, "id")),
            _ => (schema, $"Only those with this {name.Replace('_', ' ')}.", null),
        };
    }

    /// <summary>Of what <c>/project</c> is, <c>/projects/{name}</c> has the name.</summary>
    private static string NounOf(string part) => part == "project" ? "project_settings" : part;

    private static bool IsParameter(string part) => part.StartsWith('{');

    private static bool IsCollection(string part) => part.EndsWith('s');

    private static string Singular(string noun) =>
        noun.EndsWith("ches", StringComparison.Ordinal) ? noun[..^2] : noun.TrimEnd('s');

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex ParameterForm();
}
