using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// An example of a contract: its members by their rules, so that it is valid whatever the contract becomes.
/// </summary>
internal static class Sample
{
    private const string Time = "2026-01-31T12:00:00Z";

    /// <summary>An answer.</summary>
    public static JsonNode Given(Type type) => Of(type, isTaken: false)!;

    /// <param name="isTaken">Of a request, only what must be given and what is worth showing.</param>
    public static JsonObject Object(Type type, bool isTaken)
    {
        var sample = new JsonObject();
        foreach (var member in ContractsJson.Default.GetTypeInfo(type)!.Properties)
            if (!isTaken || member.IsRequired || MemberRules.IsShown(type, member.Name))
                sample[member.Name] = Of(type, member, isTaken);
        return sample;
    }

    private static JsonNode? Of(Type owner, JsonPropertyInfo member, bool isTaken)
    {
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        var sample = MemberRules.SampleOf(owner, member.Name);
        if (type == typeof(string))
            return sample ?? MemberRules.WordsOf(owner, member.Name)?[0] ?? (member.IsGetNullable ? null : "text");
        if (sample is not null && (type == typeof(int) || type == typeof(long)))
            return long.Parse(sample, CultureInfo.InvariantCulture);
        if (sample is not null && (type == typeof(Amount) || type == typeof(ExactNumber) || type == typeof(Timestamp)))
            return sample;
        if (sample is not null && sample[0] is '{' or '[') return JsonNode.Parse(sample);
        return Of(type, isTaken);
    }

    private static JsonNode? Of(Type type, bool isTaken)
    {
        if (type == typeof(string)) return "text";
        if (type == typeof(bool)) return false;
        if (type == typeof(int) || type == typeof(long)) return 100;
        if (type == typeof(ExactNumber)) return "3";
        if (type == typeof(Amount)) return isTaken ? "2.50" : "2.500000";
        if (type == typeof(Timestamp)) return Time;
        if (type == typeof(JsonElement)) return new JsonObject { ["model"] = "small" };
        var info = ContractsJson.Default.GetTypeInfo(type)!;
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new JsonArray(Of(info.ElementType!, isTaken)),
            JsonTypeInfoKind.Dictionary => new JsonObject { ["small"] = Of(info.ElementType!, isTaken) },
            _ => Object(type, isTaken),
        };
    }
}
