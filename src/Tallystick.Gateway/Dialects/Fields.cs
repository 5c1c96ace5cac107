using System.Text.Json;

namespace Tallystick.Gateway.Dialects;

/// <summary>Members of a request, read strictly.</summary>
internal static class Fields
{
    /// <summary>Longer than any model's name.</summary>
    public const int NameMax = 256;

    /// <summary>
    /// More than any model gives: a bound above it is a mistake, and would overflow what it is multiplied with.
    /// </summary>
    public const long OutputTokensMax = 100_000_000;

    public static string Model(JsonElement root)
    {
        if (!root.TryGetProperty("model", out var value)) throw new CallException("model", "You must provide a model.");
        return value.ValueKind == JsonValueKind.String && Text(value, "model") is { Length: > 0 and <= NameMax } name
            ? name
            : throw new CallException("model", "model must be a name.");
    }

    public static bool Flag(JsonElement parent, string name) => Find(parent, name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new CallException(name, $"{name} must be true or false."),
    };

    public static long? Integer(JsonElement parent, string name, long min, long max)
    {
        if (Find(parent, name) is not { } value) return null;
        long number = 0;
        var isInteger = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number);
        if (isInteger && number >= min && number <= max) return number;
        throw new CallException(name, $"{name} must be an integer from {min} to {max}.");
    }

    public static string? Word(JsonElement parent, string name) => Find(parent, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => Text(value, name),
        _ => throw new CallException(name, $"{name} must be text."),
    };

    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Find(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    public static IEnumerable<JsonElement> List(JsonElement parent, string name) =>
        Find(parent, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>Members that the dialect does not know: what cannot be read cannot be held and charged for.</summary>
    public static IEnumerable<string> Unknown(JsonElement root, IReadOnlySet<string> known)
    {
        foreach (var member in root.EnumerateObject())
            if (NameOf(member) is var name && !known.Contains(name)) yield return name;
    }

    /// <summary>Text that is Unicode: half a surrogate is refused.</summary>
    public static string Text(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new CallException(name, $"{name} holds text that is not valid Unicode.");
        }
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw new CallException(null, "A member's name is not valid Unicode.");
        }
    }

    public static bool Has(JsonElement parent, string name) => Find(parent, name) is not null;
}
