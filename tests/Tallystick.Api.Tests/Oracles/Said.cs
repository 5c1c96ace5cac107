using System.Globalization;
using System.Text.Json;
using Tallystick.Core.Time;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>What a file of figures says, read into our own terms.</summary>
internal static class Said
{
    public static Instant Time(JsonElement element, string member) => Time(element.GetProperty(member));
    public static Instant Time(JsonElement text) => Instant.From(text.GetDateTimeOffset());

    public static Instant? TimeOrNull(JsonElement element, string member) =>
        element.TryGetProperty(member, out var text) && text.ValueKind != JsonValueKind.Null ? Time(text) : null;

    /// <summary>Exactly as it is written, whether as a number or as text.</summary>
    public static decimal Number(JsonElement value) => decimal.Parse(
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(), NumberStyles.Float,
        CultureInfo.InvariantCulture);

    public static decimal Number(JsonElement element, string member) => Number(element.GetProperty(member));

    public static decimal NumberOr(JsonElement element, string member, decimal otherwise) =>
        element.TryGetProperty(member, out var value) ? Number(value) : otherwise;

    public static string Word(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    public static bool Has(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.Array => value.GetArrayLength() > 0,
            _ => true,
        };

    public static IEnumerable<JsonElement> Items(JsonElement element, string member) =>
        element.TryGetProperty(member, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray() : [];
}
