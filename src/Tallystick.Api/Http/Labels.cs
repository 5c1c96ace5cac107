using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Reports;

namespace Tallystick.Api.Http;

/// <summary>What a request's metadata says under the keys that its project reports by.</summary>
internal static class Labels
{
    public static async ValueTask<ImmutableArray<Label>> OfAsync(Caller caller, JsonElement? metadata) =>
        metadata is null ? [] : ReportLabels.Of(await KeysAsync(caller), metadata);

    /// <summary>As the other; what says nothing under any of them counts as its hold does.</summary>
    public static async ValueTask<ImmutableArray<Label>> OfEndAsync(
        Caller caller, JsonElement? metadata, ChainKey chain, ThingNumber hold)
    {
        var keys = await KeysAsync(caller);
        if (keys.IsEmpty) return [];
        if (ReportLabels.Of(keys, metadata) is { IsEmpty: false } own) return own;
        var placed = await caller.Ledger.EntryAsync(chain, hold.Sequence, caller.Cancel);
        return placed?.Entry.Origin?.Labels ?? [];
    }

    private static async ValueTask<ImmutableArray<string>> KeysAsync(Caller caller)
    {
        var project = await caller.Ledger.FindProjectAsync(caller.Principal.Project, caller.Cancel);
        return project?.Settings.ReportKeys ?? [];
    }
}
