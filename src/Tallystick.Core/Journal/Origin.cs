using System.Collections.Immutable;
using Tallystick.Core.Reports;

namespace Tallystick.Core.Journal;

/// <summary>The request behind an entry.</summary>
/// <param name="Key">The idempotency key that this entry claims, if any.</param>
/// <param name="RequestHash">16 bytes over the meaning of the request; what a replay must match.</param>
/// <param name="Actor">Whose key it was, by <see cref="Actors"/>; none for the server itself.</param>
/// <param name="TraceId">16 bytes, W3C trace id.</param>
public sealed record Origin(
    string? Key, ImmutableArray<byte> RequestHash, ThingNumber Actor, ImmutableArray<byte> TraceId)
{
    /// <summary>The licence whose key came with the request; none without one.</summary>
    public ThingNumber License { get; init; }

    /// <summary>What its metadata says under the keys that the project reports by, in the order of the keys.</summary>
    public ImmutableArray<Label> Labels { get; init; } = [];

    /// <summary>A key of the server's own making begins with a space, which no caller's can.</summary>
    public static string OwnKey(string text) => " " + text;

    /// <summary>It may name the hash of a secret, which equal histories need not share.</summary>
    public bool HasOwnKey => Key is [' ', ..];
}
