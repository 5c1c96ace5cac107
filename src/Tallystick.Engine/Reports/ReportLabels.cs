using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Reports;

namespace Tallystick.Engine.Reports;

/// <summary>What metadata says under the keys that a project reports by.</summary>
public static class ReportLabels
{
    /// <summary>Texts, numbers and truths that are not too long; anything else is no label.</summary>
    public static ImmutableArray<Label> Of(ImmutableArray<string> keys, JsonElement? metadata)
    {
        if (keys.IsEmpty || metadata is not { ValueKind: JsonValueKind.Object } given) return [];
        return
        [
            .. from key in keys
               let value = given.TryGetProperty(key, out var member) ? TextOf(member) : null
               where value is { Length: > 0 and <= Label.ValueLengthMax } && !value.Any(char.IsControl)
               select new Label(key, value),
        ];
    }

    private static string? TextOf(JsonElement member) => member.ValueKind switch
    {
        JsonValueKind.String => member.GetString(),
        JsonValueKind.Number => member.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
