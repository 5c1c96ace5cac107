using System.Text.Json;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Telemetry;

/// <summary>The moves of an entry on one line, in order: what moved, how much, on which grant.</summary>
internal static class Split
{
    public static string Of(JournalEntry entry) => string.Join(", ", entry.Moves.Select(move => Of(entry.Chain, move)));

    private static string Of(ChainKey chain, Move move)
    {
        var on = move.ConcernsGrant ? $" of {ThingId.Format(ThingId.Grant, chain, move.Number)}" : "";
        return $"{WordOf(move.Kind)} {move.Amount}{on}";
    }

    /// <summary>The kind's own name in the spelling of everything that travels.</summary>
    private static string WordOf(MoveKind kind) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
