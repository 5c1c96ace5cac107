using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Contracts.Usage;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;

namespace Tallystick.Api.Http;

/// <summary>Who spends, and for what: from the key that asks and what the request says of itself.</summary>
internal static class Spenders
{
    /// <param name="metadata">Its members <c>member</c>, <c>team</c>, <c>tags</c>, <c>model</c> and
    /// <c>service</c>.</param>
    /// <param name="usage">Goes before the metadata in what it says.</param>
    public static Spender Of(Caller caller, Payer payer, JsonElement? metadata, UsageBody? usage = null) => new()
    {
        Key = caller.Principal.KeyId,
        License = payer.LicenseId(caller.Principal.Project),
        Member = Text(metadata, "member"),
        Team = Text(metadata, "team"),
        Tags = Texts(metadata, "tags"),
        Model = usage?.Model ?? Text(metadata, "model"),
        Service = usage?.Service ?? Text(metadata, "service"),
    };

    private static string? Text(JsonElement? metadata, string name) =>
        metadata is { } given && given.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static ImmutableArray<string> Texts(JsonElement? metadata, string name)
    {
        if (metadata is not { } given || !given.TryGetProperty(name, out var values)) return [];
        if (values.ValueKind != JsonValueKind.Array) return [];
        return [.. values.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String)
            .Select(value => value.GetString()!)];
    }
}
