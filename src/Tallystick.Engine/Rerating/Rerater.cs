using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Rerating;

/// <summary>
/// Prices the charges of a period again, account by account: looks in the journal for those that another version rates
/// by now, and asks the account's lane to correct each. What is so already is passed over, so that it may be run again,
/// also after it was cut off in the midst.
/// </summary>
public sealed class Rerater
{
    private const int Page = 512;

    /// <summary>Corrections of an account that are under way at a time: they share commits.</summary>
    private const int AtOnce = 256;
    private const int HashBytes = 16;

    /// <summary>It has no hurry: what is in the way goes first, for half a minute.</summary>
    private const int AttemptsMax = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Ledger _ledger;
    private readonly ILedgerStore _store;
    private readonly RerateQuery _query;
    private readonly Envelope _present;
    private readonly Origin _origin;
    private readonly Func<EntryText?> _text;
    private readonly TimeProvider _time;

    /// <param name="present">The project's prices and terms of now.</param>
    /// <param name="origin">Who asks; each correction claims a key of its own.</param>
    /// <param name="text">The reason, salted anew for each entry.</param>
    /// <param name="time">What waits are measured with.</param>
    internal Rerater(
        Ledger ledger, ILedgerStore store, RerateQuery query, Envelope present, Origin origin, Func<EntryText?> text,
        TimeProvider time) =>
        (_ledger, _store, _query, _present, _origin, _text, _time) =
            (ledger, store, query, present, origin, text, time);

    /// <exception cref="OverloadedException">Some may have been corrected: run it again.</exception>
    /// <exception cref="StoreUnavailableException">Some may have been corrected: run it again.</exception>
    public async Task<AccountCorrections> RunAsync(AccountState account, CancellationToken cancel)
    {
        var corrections = new AccountCorrections();
        var charges = await FindAsync(account, corrections, cancel);
        foreach (var some in charges.Chunk(AtOnce))
        {
            var requests = new List<(ThingNumber Charge, LedgerRequest Request)>();
            foreach (var sequence in some)
                if (await PrepareAsync(account, sequence, corrections, cancel) is { } request)
                    requests.Add((new(sequence, 0), request));
            // Handed over in order before any is awaited: that order is the lane's.
            var replies = await Task.WhenAll(requests.Select(one => AskAsync(one.Request, cancel)));
            foreach (var (i, reply) in replies.Index()) Count(reply, requests[i].Charge, corrections);
        }
        return corrections;
    }

    /// <summary>Charges of the period that the book rates by another version, by their corrections so far.</summary>
    private async Task<SortedSet<long>> FindAsync(
        AccountState account, AccountCorrections corrections, CancellationToken cancel)
    {
        var (wrong, corrected) = (new Dictionary<long, ThingNumber>(), new Dictionary<long, ThingNumber>());
        // A usage event may be dated a little after it was recorded; nothing else is.
        var earliest = new Instant(_query.From.Micros - UsageRules.AheadMax.Micros);
        var before = await _store.LoadCheckpointAsync(account.Key, earliest, cancel);
        for (var first = (before?.Sequence ?? 0) + 1; first <= account.Sequence; first += Page)
        {
            var last = Math.Min(account.Sequence, first + Page - 1);
            foreach (var stored in await _store.ReadAsync(account.Key, first, last, cancel))
            {
                var entry = stored.Entry;
                if (entry.Body is EntryBody.Corrected body) corrected[body.Charge.Sequence] = body.Priced.Cost.Price;
                else if (RatedCharge.Of(entry) is { } rated) Note(rated, corrections, wrong);
                else if (IsByAmount(entry.Body) && _query.Covers(entry.At)) corrections.ByAmount++;
            }
        }
        var charges = new SortedSet<long>(wrong.Keys);
        // What was corrected before is looked at again, unless that was by the version that stands.
        foreach (var (sequence, price) in corrected)
            if (wrong.GetValueOrDefault(sequence) == price) charges.Remove(sequence); else charges.Add(sequence);
        return charges;
    }

    private void Note(RatedCharge rated, AccountCorrections corrections, Dictionary<long, ThingNumber> wrong)
    {
        if (!_query.Asks(rated.Priced)) return;
        corrections.Examined++;
        var found = _present.Prices.Find(rated.Priced.Usage, rated.Priced.At, out var price) is null;
        var now = found ? price.Number : default;
        if (now != rated.Priced.Cost.Price) wrong.Add(rated.Charge.Sequence, now);
    }

    private static bool IsByAmount(EntryBody body) =>
        body is EntryBody.Charged { Priced: null } or EntryBody.Captured { Priced: null, Amount.IsPositive: true };

    /// <summary>What to ask the lane; null where there is nothing to do, or this is a dry run.</summary>
    private async Task<LedgerRequest?> PrepareAsync(
        AccountState account, long sequence, AccountCorrections corrections, CancellationToken cancel)
    {
        var entry = await ChainReader.EntryAsync(_store, account.Key, null, sequence, cancel);
        if (entry is null || RatedCharge.Of(entry.Entry) is not { } rated || !_query.Asks(rated.Priced)) return null;
        if (Repricing.Rate(rated.Priced, _present.Prices, _present.Terms.Tiers, account.Membership, out var priced)
            is { } refusal)
        {
            corrections.Refuse(rated.Charge, refusal);
            return null;
        }
        var charge = (Charge)(await ChainReader.RecordAsync(
            _store, account.Key, null, new(RecordKind.Charge, rated.Charge), cancel))!;
        if (Correction.Of(charge, rated, priced) is { } correction)
        {
            if (!_query.IsDry) return RequestOf(account, rated, priced);
            corrections.Add(
                correction.Further, correction.Returned, priced.Cost.Provider - correction.ProviderBefore);
        }
        else if (Correction.IsRefunded(charge) && priced.Cost.Price != PriceOf(charge, rated))
            corrections.AllRefunded++;
        return null;
    }

    private static ThingNumber PriceOf(Charge charge, RatedCharge rated) =>
        charge.Revision?.Price ?? rated.Priced.Cost.Price;

    private LedgerRequest RequestOf(AccountState account, RatedCharge rated, PricedUsage priced)
    {
        var key = Origin.OwnKey($"correction {rated.Charge.Sequence} {priced.Cost.Price.Value}");
        return new()
        {
            Chain = account.Key,
            Account = new AccountCommand.CorrectCharge(rated),
            Origin = _origin with
            {
                Key = key, RequestHash = [.. SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, HashBytes)],
            },
            Text = _text(),
        };
    }

    private async Task<Reply> AskAsync(LedgerRequest request, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await _ledger.ExecuteAsync(request, cancel);
            }
            catch (OverloadedException) when (attempt < AttemptsMax)
            {
                await Task.Delay(Pause, _time, cancel);
            }
        }
    }

    private static void Count(Reply reply, ThingNumber charge, AccountCorrections corrections)
    {
        switch (reply)
        {
            case Reply.Done { Replayed: false, Entry.Entry.Body: EntryBody.Corrected body }:
                corrections.Add(
                    body.IsFurther ? body.After - body.Before : default, body.Returned,
                    body.Priced.Cost.Provider - body.ProviderBefore);
                break;
            case Reply.Refused refused:
                corrections.Refuse(charge, refused.Rejection);
                break;
            case Reply.Done or Reply.Unchanged:
                // Somebody else has done it meanwhile, or refunded all of it.
                break;
            default:
                throw new UnreachableException(reply.GetType().Name);
        }
    }
}
