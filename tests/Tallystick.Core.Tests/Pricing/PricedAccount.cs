using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

/// <summary>
/// An account of a tier with a free tier, in a project with one price: what it is charged, in millionths. A tier
/// <c>other</c> has the same terms.
/// </summary>
internal sealed class PricedAccount
{
    private static readonly ChainKey Key = ChainKey.OfAccount(1, "acme");
    private readonly ProjectTerms _terms;
    private readonly PriceBook _book;
    private readonly LoadedRecords _records = new();
    private Instant _now = Said.Time("2026-01-01T00:00:00Z");
    private int _events;

    public PricedAccount(FreeTierTerms free, string rates, Markup? markup, long credits = 1_000_000)
    {
        var terms = new TierTerms { FreeTier = free };
        _terms = new(
            new(Duration.FromDays(7), Duration.FromDays(7)),
            new([new("tier", new(0), terms), new("other", new(0), terms)]), new UtcCalendar());
        _book = new([Said.Price(rates) with { Number = new(3, 1), Markup = markup }]);
        Do(new AccountCommand.PutAccount("acme") { Tier = "tier" });
        if (credits > 0) Do(new AccountCommand.GiveCredits
        {
            Amount = CreditAmount.FromCredits(credits), Kind = GrantKind.Purchase, Bucket = "purchase",
        });
    }

    public AccountState State { get; private set; } = null!;
    public List<SealedEntry> Entries { get; } = [];

    public long Charge(MeteredUsage usage) =>
        ((EntryBody.Charged)Do(new AccountCommand.ChargeCredits(Demand.Of(usage), null))).Amount.Micros;

    public long Event(MeteredUsage usage) => ((EntryBody.UsageRecorded)Do(
        new AccountCommand.RecordUsage(new("test", $"{++_events}")) { Demand = Demand.Of(usage) })).Amount.Micros;

    public long Hold(MeteredUsage usage) => ((EntryBody.HoldPlaced)Do(
        new AccountCommand.PlaceHold { Demand = Demand.Of(usage), ExpiresIn = Duration.FromDays(7) })).Amount.Micros;

    public long HoldFor(long amount, FreeOffer offer) => ((EntryBody.HoldPlaced)Do(
        new AccountCommand.PlaceHold { Demand = Demand.Of(new CreditAmount(amount)), Offer = offer })).Amount.Micros;

    public long Capture(ThingNumber hold, MeteredUsage usage, bool isFinal) => ((EntryBody.Captured)Do(
        new AccountCommand.CaptureHold { Hold = hold, Demand = Demand.Of(usage), Final = isFinal })).Amount.Micros;

    public long CaptureFor(ThingNumber hold, long amount, FreeTaken free) =>
        ((EntryBody.Captured)Do(Capturing(hold, amount, free))).Amount.Micros;

    public Rejection RefusalOfCapture(ThingNumber hold, long amount, FreeTaken free) =>
        Assert.IsType<Decision.Refused>(Decide(Capturing(hold, amount, free))).Rejection;

    private static AccountCommand.CaptureHold Capturing(ThingNumber hold, long amount, FreeTaken free) =>
        new() { Hold = hold, Demand = Demand.Of(new CreditAmount(amount)), Free = free };

    public void Release(ThingNumber hold) => Do(new AccountCommand.ReleaseHold(hold));

    public void Take(string tier) => Do(new AccountCommand.PutAccount("acme") { Tier = tier });

    public void Advance(Duration time)
    {
        _now = _now.Plus(time);
        Do(new AccountCommand.SettleDue());
    }

    /// <summary>What a check says of the most output tokens; charging them passes, and one more does not.</summary>
    public long? AffordableTokens(MeteredUsage usage)
    {
        var check = AccountRules.Check(State, Demand.Of(usage), Core.Limits.Spender.Unknown, Envelope);
        if (check.AffordableMaxTokens is not { } most) return null;
        Assert.IsType<Decision.Accepted>(Decide(With(most)));
        Assert.IsType<Decision.Refused>(Decide(With(most + 1)));
        return most;

        AccountCommand.ChargeCredits With(long output) => new(
            Demand.Of(usage with
            {
                Quantities =
                [
                    .. usage.Quantities.Where(one => one.Unit != Unit.Output),
                    new(Unit.Output, ExactDecimal.From(output)),
                ],
            }), null);
    }

    public AccountState Refold()
    {
        AccountState? state = null;
        var records = new LoadedRecords();
        foreach (var entry in Entries)
        {
            var read = entry with { Entry = EntryCodec.Decode(entry.Bytes) };
            var (next, changed) = AccountRules.Fold(state, read, records, out _);
            foreach (var record in changed) records.Add(record.Key, record);
            state = (AccountState)AccountStateCodec.Decode(next.Encode());
        }
        return state!;
    }

    private Envelope Envelope => new(_now, _terms) { Prices = _book };

    private Decision Decide(AccountCommand command) => AccountRules.Decide(Key, State, command, Envelope, _records);

    private EntryBody Do(AccountCommand command)
    {
        var decision = Decide(command);
        var accepted = decision as Decision.Accepted ?? throw new InvalidOperationException($"{decision}");
        Entries.AddRange(accepted.Entries);
        foreach (var record in accepted.Records) _records.Add(record.Key, record);
        State = (AccountState)AccountStateCodec.Decode(accepted.State.Encode());
        return accepted.Entries[^1].Entry.Body;
    }
}
