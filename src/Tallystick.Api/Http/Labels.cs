using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Reports;

namespace Tallystick.Api.Http;

/// <summary>What a request's metadata says under the keys that its project reports by.</summary>
internal static class Labels
{
    /// <summary>Texts, numbers and truths that are not too long; anything else is no label.</summary>
    public static async ValueTask<ImmutableArray<Label>> OfAsync(Caller caller, JsonElement? metadata)
    {
        if (metadata is not { ValueKind: JsonValueKind.Object } given) return [];
        var project = await caller.Ledger.FindProjectAsync(caller.Principal.Project, caller.Cancel);
        if (project is null || project.Settings.ReportKeys.IsEmpty) return [];
        return
        [
            .. from key in project.Settings.ReportKeys
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
