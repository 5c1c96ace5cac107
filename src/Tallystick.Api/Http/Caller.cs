using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Core.Journal;
using Tallystick.Engine;
using Tallystick.Engine.Identity;

namespace Tallystick.Api.Http;

/// <summary>
/// Who asks for a change, under which trace and key; the same for a single request and for part of a batch.
/// </summary>
internal sealed record Caller(
    Ledger Ledger, Principal Principal, ImmutableArray<byte> TraceId, string? Key)
{
    /// <summary>Never given up: whether a change happens does not depend on whether its client waits.</summary>
    public CancellationToken Cancel { get; } = CancellationToken.None;

    public required Payers Payers { get; init; }

    public ChainKey ChainOf(string accountId) => ChainKey.OfAccount(Principal.Project, accountId);

    /// <summary>
    /// A thing of an account by its id; another kind's, a mistyped or a foreign id is simply not found.
    /// </summary>
    public (ChainKey Chain, ThingNumber Number) Thing(string text, string prefix, string what) =>
        ThingId.TryParse(text, prefix, Principal.Project, out var chain, out var number) && !chain.IsProject
            ? (chain, number)
            : throw RequestException.NotFound(what);

    /// <summary>What the entry will say of the request.</summary>
    /// <param name="path">The path's own parameter, where the route has one.</param>
    public Origin Origin<T>(ApiRoute route, string? path, T body, JsonTypeInfo<T> type) =>
        new(Key, Meaning.Of(route, path, body, type), Principal.Key, TraceId);

    /// <summary>As the other, for what spends: a licence counts by its id, so that no secret is in any hash.</summary>
    /// <param name="body">Without the licence's key.</param>
    public Origin OriginOf<T>(ApiRoute route, Payer payer, T body, JsonTypeInfo<T> type) =>
        Origin(route, payer.LicenseId(Principal.Project), body, type) with { License = payer.LicenseNumber };

    public void RequireKey()
    {
        if (Key is null) throw IdempotencyKey.Missing();
    }

    /// <summary>An entry that is known to exist: a thing's number names it.</summary>
    public async ValueTask<JournalEntry> EntryAsync(ChainKey chain, long sequence) =>
        (await Ledger.EntryAsync(chain, sequence, Cancel))!.Entry;
}
