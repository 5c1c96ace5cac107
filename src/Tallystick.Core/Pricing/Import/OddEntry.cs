using System.Collections.Immutable;
using System.Text.Json;

namespace Tallystick.Core.Pricing.Import;

/// <summary>
/// Other people's tables grow members and kinds of values that nobody here has seen: an entry that cannot be read, or
/// says something impossible, is left out and named, and the others are taken.
/// </summary>
internal static class OddEntry
{
    public static ImmutableArray<Price> Read(
        string entry, ImmutableArray<LeftOut>.Builder left, Func<IEnumerable<Price?>> read)
    {
        try
        {
            return [.. Possible(read().OfType<Price>(), entry, left)];
        }
        // What JsonElement throws where a value is of another kind than asked for, or not there.
        catch (Exception odd) when (odd is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            left.Add(new(entry, "", "it is not of a form that is known here"));
            return [];
        }
    }

    /// <summary>Null where the value is no text, or one that is not Unicode.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null where the member's name is not Unicode.</summary>
    public static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<Price> Possible(
        IEnumerable<Price> prices, string entry, ImmutableArray<LeftOut>.Builder left)
    {
        foreach (var price in prices)
        {
            if (PriceCheck.Of(price) is not { } wrong) yield return price;
            else left.Add(new(entry, "", wrong is Rejection.InvalidField field
                ? $"{field.Field}: {field.Reason}" : wrong.Code));
        }
    }
}
