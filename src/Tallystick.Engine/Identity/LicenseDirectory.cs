using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Projects;

namespace Tallystick.Engine.Identity;

/// <summary>
/// Which licence a key is, and in which account it is. A key leads to an entry of its project's chain through the index
/// of keys, so that no state grows with the number of licences. Thread-safe.
/// </summary>
/// <remarks>
/// What is remembered may be out of date and never wrong: an entry stays what it is, and the account that a licence has
/// left says so when the request is decided there.
/// </remarks>
public sealed class LicenseDirectory(Ledger ledger)
{
    /// <summary>Of each kind, some 200 bytes; more begin anew.</summary>
    private const int RememberedMax = 100_000;
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];

    private readonly ConcurrentDictionary<(int Project, string Claim), ThingNumber> _numbers = new();
    private readonly ConcurrentDictionary<(int Project, ThingNumber Number), LicensePlace> _places = new();

    /// <summary>The licence that a key leads to; none where it leads to nothing.</summary>
    /// <param name="mac">Of the key, by <see cref="KeyRing.MacOf"/>.</param>
    public async ValueTask<ThingNumber> FindAsync(int project, ImmutableArray<byte> mac, CancellationToken cancel)
    {
        var claim = ClaimOf(mac);
        if (_numbers.TryGetValue((project, claim), out var known)) return known;
        var found = await ledger.Journal(ChainKey.OfProject(project)).FindKeyAsync(claim, cancel);
        if (found is not { } sequence) return default;
        return Remember(_numbers, (project, claim), new ThingNumber(sequence, 0));
    }

    /// <summary>Where a licence is; null if there is none of that number.</summary>
    public async ValueTask<LicensePlace?> PlaceAsync(int project, ThingNumber number, CancellationToken cancel) =>
        _places.TryGetValue((project, number), out var known) ? known : await LookAsync(project, number, null, cancel);

    /// <summary>A licence as it is, and where; null if there is none of that number.</summary>
    public async ValueTask<PresentLicense?> PresentAsync(int project, ThingNumber number, CancellationToken cancel)
    {
        if (await PlaceAsync(project, number, cancel) is not { } place) return null;
        var known = await PresentInAsync(project, place, cancel);
        // One that went and came back is in the place that is remembered, and has been in others.
        if (known?.License is { MovedTo: null } license && license.Former.Length == place.Former.Length) return known;
        if (await LookAsync(project, number, null, cancel) is not { } now) return null;
        return await PresentInAsync(project, now, cancel);
    }

    /// <summary>Where it is now, whatever is remembered. A move that was cut off is completed on the way.</summary>
    /// <param name="origin">Who moves it; null: nobody, it is only looked for.</param>
    public async ValueTask<LicensePlace?> LookAsync(
        int project, ThingNumber number, Origin? origin, CancellationToken cancel)
    {
        var entry = await ledger.EntryAsync(ChainKey.OfProject(project), number.Sequence, cancel);
        if (number.Ordinal != 0 || entry?.Entry.Body is not EntryBody.LicensePointed pointed) return null;
        var (accountId, before) = (pointed.AccountId, (License?)null);
        for (var hops = 0; hops <= License.MovesMax + 1; hops++)
        {
            var license = await FindAsync(project, accountId, number, cancel);
            if (before is not null && !(license?.Former.Length > before.Former.Length))
            {
                if (!await ReceiveAsync(project, accountId, before, origin, cancel)) return null;
                license = await FindAsync(project, accountId, number, cancel);
            }
            if (license is null) return null;
            if (license.MovedTo is not { } to)
                return Remember(_places, (project, number), new LicensePlace(number, accountId, license.Former));
            before = license with { Former = license.Former.Add(accountId) };
            accountId = to;
        }
        return null;
    }

    /// <summary>A licence as its account has it, also when it has moved on; null if it was never there.</summary>
    public async ValueTask<License?> FindAsync(
        int project, string accountId, ThingNumber number, CancellationToken cancel) =>
        await ledger.FindAccountAsync(project, accountId, cancel) is { } state
            ? await FindAsync(state, number, cancel) : null;

    /// <summary>
    /// The account in which a request is to be made: of those that the licence has left, the one in which its
    /// idempotency key was used.
    /// </summary>
    public async ValueTask<string> AccountForAsync(
        int project, LicensePlace place, string? key, CancellationToken cancel)
    {
        if (key is null) return place.AccountId;
        foreach (var former in place.Former.Distinct(StringComparer.Ordinal))
            if (former != place.AccountId && await IsClaimedAsync(project, former, key, cancel)) return former;
        return place.AccountId;
    }

    /// <summary>Whether an idempotency key was used in an account.</summary>
    public async ValueTask<bool> IsClaimedAsync(
        int project, string accountId, string key, CancellationToken cancel) =>
        await ledger.FindAccountAsync(project, accountId, cancel) is { } state
        && await ledger.Journal(state.Key).FindKeyAsync(key, cancel) is not null;

    /// <summary>Makes a key lead to a licence of an account. If it leads to one already: which, and whose.</summary>
    public async ValueTask<(ThingNumber Number, string AccountId)> PointAsync(
        int project, ImmutableArray<byte> mac, string accountId, bool isChosen, Origin origin,
        CancellationToken cancel)
    {
        var request = new LedgerRequest
        {
            Chain = ChainKey.OfProject(project),
            Project = new ProjectCommand.PointLicense(mac, accountId, isChosen),
            // The claim says it all: whoever points the key to another account hears where it leads.
            Origin = origin with { Key = ClaimOf(mac), RequestHash = Nothing },
        };
        var done = (Reply.Done)await ledger.ExecuteAsync(request, cancel);
        return (done.Entry.Entry.Number, ((EntryBody.LicensePointed)done.Entry.Entry.Body).AccountId);
    }

    private async ValueTask<PresentLicense?> PresentInAsync(
        int project, LicensePlace place, CancellationToken cancel) =>
        await ledger.FindAccountAsync(project, place.AccountId, cancel) is { } state
        && await FindAsync(state, place.Number, cancel) is { } license
            ? new(license, place, ledger.TimeOf(state)) : null;

    private async ValueTask<License?> FindAsync(AccountState state, ThingNumber number, CancellationToken cancel) =>
        state.FindLicense(number)
        ?? (await ledger.ViewAsync(state.Key, cancel) is { } view ? await view.LicenseAsync(number) : null);

    private async ValueTask<bool> ReceiveAsync(
        int project, string accountId, License license, Origin? origin, CancellationToken cancel) =>
        await ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfAccount(project, accountId), AccountId = accountId,
                Account = new AccountCommand.ReceiveLicense(license),
                Origin = origin is null ? new(null, Nothing, default, Nothing) : origin with { Key = null },
            },
            cancel) is not Reply.Refused;

    private static string ClaimOf(ImmutableArray<byte> mac) =>
        Origin.OwnKey($"license {Convert.ToHexStringLower(mac.AsSpan())}");

    private static TValue Remember<TKey, TValue>(ConcurrentDictionary<TKey, TValue> known, TKey key, TValue value)
        where TKey : notnull
    {
        if (known.Count >= RememberedMax) known.Clear();
        known[key] = value;
        return value;
    }
}
