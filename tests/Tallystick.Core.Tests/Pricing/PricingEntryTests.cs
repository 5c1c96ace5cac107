using System.Collections.Immutable;
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

/// <summary>Prices in a project's journal, and usages priced by them in an account's.</summary>
public sealed class PricingEntryTests
{
    private static readonly ChainKey Project = ChainKey.OfProject(1);
    private static readonly ChainKey Account = ChainKey.OfAccount(1, "acme");
    private readonly List<SealedEntry> _project = [];
    private readonly List<SealedEntry> _account = [];
    private long _now = 1_000;

    private ProjectState? Settings { get; set; }
    private AccountState? State { get; set; }
    private ProjectTerms Terms => new(
        Settings?.Settings ?? ProjectSettings.Default, Settings?.Tiers ?? TierBook.Empty, new UtcCalendar());

    private PriceBook Book => PriceBook.Of(_project.Select(one => one.Entry));

    [Theory]
    [InlineData("prices/genai-prices/v2-data.json")]
    public void Every_price_of_a_whole_table_comes_back_from_the_journal_as_it_went_in(string table)
    {
        Open();
        var prices = Said.Genai(table);
        Assert.IsType<Decision.Accepted>(Ask(new ProjectCommand.PutPrices(prices)));
        var kept = PriceBook.Of([Reread(_project[^1])]).Prices;
        Assert.Equal(prices.Length, kept.Length);
        foreach (var (price, back) in prices.Zip(kept))
        {
            Assert.True(price.CostsTheSameAs(back), price.Selector.ToString());
            Assert.Equal(
                (price.Selector, price.EffectiveFrom, price.Source), (back.Selector, back.EffectiveFrom, back.Source));
        }
        Assert.IsType<Decision.Unchanged>(Ask(new ProjectCommand.PutPrices(prices)));
        Assert.True(Settings!.Encode().Length < 1_000, "the state carries the book");
        Assert.Equal(Settings.Encode(), ((ProjectState)AccountStateCodec.Decode(Settings.Encode())).Encode());
    }

    [Fact]
    public void A_price_with_everything_in_it_and_the_settings_come_back_as_they_went_in()
    {
        Open();
        var price = Said.Price("input=3 output=15 web_searches=0.01", "gpt-*", "openai", "chat") with
        {
            Selector = new("openai", "gpt-*", "chat", ["o[0-9]", "x"]) { IgnoresCase = true },
            EffectiveFrom = Said.Noon,
            Standard = new(
                Said.Rates("input=3"), [Said.Above(10, "input=4"), Said.Above(20, "output=1", inclusive: true)]),
            Modes = [new(UsageMode.Flex, new(Said.Rates("input=1"), [Said.Above(5, "input=2")]), Said.Number("0.55"))],
            Windows = [new([new(60, 30)], [1, 7], Said.Rates("output=9"))], Regions = [new("eu", Said.Number("1.1"))],
            Markup = new(Said.Number("12.5"), Said.Number("0.001")), Source = "a page of today",
        };
        var pricing = new PricingSettings
        {
            CreditsPerUsd = Said.Number("100"), Markup = new(Said.Number("20"), default),
            Providers = [new("openai", Said.Number("1.2"))], Models = [new("m", Said.Number("0.9"))],
        };
        Ask(new ProjectCommand.PutPrices([price]));
        var back = Assert.Single(PriceBook.Of([Reread(_project[^1])]).Prices);
        Assert.True(price.CostsTheSameAs(back));
        Assert.Equal(new ThingNumber(_project[^1].Entry.Sequence, 1), back.Number);
        Ask(new ProjectCommand.ChangeSettings(null, null) { Pricing = PricingSettingsChange.To(pricing) });
        Assert.Equal(pricing, ((EntryBody.SettingsChanged)Reread(_project[^1]).Body).Pricing);
        Assert.Equal(pricing, ((ProjectState)AccountStateCodec.Decode(Settings!.Encode())).Settings.Pricing);
        Assert.Equal([Settings.Sequence - 1, Settings.Sequence], Settings.PricingEntries);
    }

    [Fact]
    public void The_first_version_without_a_date_is_of_all_time_and_the_next_from_now_on()
    {
        Open();
        Put(Said.Price("input=1"));
        Put(Said.Price("input=2"));
        Assert.Equal([null, new Instant(_now)], Book.Prices.Select(price => price.EffectiveFrom));
        Assert.IsType<Decision.Unchanged>(Ask(new ProjectCommand.PutPrices([Said.Price("input=2.0")])));
    }

    [Fact]
    public void A_charge_keeps_its_usage_price_and_lines_whatever_becomes_of_the_price()
    {
        Open();
        Put(Said.Price("input=3 output=15"));
        Give(10);
        var usage = Said.Usage("input_tokens=1000 output_tokens=100");
        Do(new AccountCommand.ChargeCredits(Demand.Of(usage), "r"));
        Put(Said.Price("input=300 output=1500"));
        var entry = Reread(_account[^1]);
        var body = (EntryBody.Charged)entry.Body;
        Assert.Equal(("0.004500", "r"), (body.Amount.ToString(), body.ReferenceId));
        Assert.Equal(_account[^1].Bytes, EntryCodec.Encode(entry));
        var priced = body.Priced!;
        Assert.Equal(Book.Prices[0].Number, priced.Cost.Price);
        Assert.Equal(body.Amount, priced.Cost.Total);
        Assert.Equal(["0.003", "0.0015"], priced.Cost.Lines.Select(line => line.Credits.ToString()));
        Assert.Equal(usage.Quantities, priced.Usage.Quantities);
        Assert.Equal(State!.Encode(), Refold().Encode());
    }

    [Fact]
    public void A_capture_is_priced_by_the_time_of_its_hold()
    {
        Open();
        Put(Said.Price("input=1000"));
        Give(10);
        Do(new AccountCommand.PlaceHold { Demand = Demand.Of(Said.Usage("input_tokens=5000")) });
        Assert.Equal("5.000000", State!.Holds[0].Amount.ToString());
        _now += 1_000;
        Put(Said.Price("input=2000"));
        Ask(new ProjectCommand.ChangeSettings(null, null) { Pricing = new() { CreditsPerUsd = Said.Number("3") } });
        _now += 1_000;
        Do(new AccountCommand.CaptureHold
        {
            Hold = State.Holds[0].Number, Demand = Demand.Of(Said.Usage("input_tokens=2000")),
        });
        Assert.Equal("2.000000", ((EntryBody.Captured)_account[^1].Entry.Body).Amount.ToString());
        Do(new AccountCommand.ChargeCredits(Demand.Of(Said.Usage("input_tokens=1000")), null));
        Assert.Equal("6.000000", ((EntryBody.Charged)_account[^1].Entry.Body).Amount.ToString());
        Assert.Equal(State.Encode(), Refold().Encode());
    }

    [Fact]
    public void What_is_too_dear_tells_how_much_output_would_pass_and_what_has_no_price_is_refused()
    {
        Open();
        Put(Said.Price("input=1 output=1000000"));
        Give(5);
        var charge = new AccountCommand.ChargeCredits(Demand.Of(Said.Usage("input_tokens=0 output_tokens=6")), null);
        var refused = Assert.IsType<Decision.Refused>(Decide(charge));
        var poor = Assert.IsType<Rejection.InsufficientCredits>(refused.Rejection);
        Assert.Equal(("6.000000", 5L), (poor.Required.ToString(), poor.AffordableMaxTokens));
        Do(charge with { Demand = Demand.Of(Said.Usage("input_tokens=0 output_tokens=5")) });
        refused = Assert.IsType<Decision.Refused>(Decide(charge with { Demand = Demand.Of(Said.Usage("images=1")) }));
        Assert.IsType<Rejection.UnknownPrice>(refused.Rejection);
        var unknown = charge.Demand.Usage! with { Model = "n" };
        refused = Assert.IsType<Decision.Refused>(Decide(charge with { Demand = Demand.Of(unknown) }));
        Assert.IsType<Rejection.UnknownPrice>(refused.Rejection);
    }

    [Fact]
    public void A_free_model_is_charged_with_nothing_and_recorded_nevertheless()
    {
        Open();
        Put(Said.Price("input=0"));
        Give(1);
        Do(new AccountCommand.ChargeCredits(Demand.Of(Said.Usage("input_tokens=7")), null));
        var charge = (EntryBody.Charged)_account[^1].Entry.Body;
        Assert.True(charge.Amount.IsZero && charge.Priced is not null);
        Assert.Equal(State!.Encode(), Refold().Encode());
    }

    [Theory]
    [InlineData("prices.rates", "")]
    [InlineData("model", "input=1")]
    public void A_price_that_says_nothing_or_is_of_nothing_is_refused(string field, string rates)
    {
        Open();
        var price = Said.Price(rates, model: rates.Length == 0 ? "m" : null);
        var refused = Assert.IsType<Decision.Refused>(Ask(new ProjectCommand.PutPrices([price])));
        Assert.EndsWith(((Rejection.InvalidField)refused.Rejection).Field, field, StringComparison.Ordinal);
    }

    private void Open()
    {
        Ask(new ProjectCommand.OpenProject("default"));
        Do(new AccountCommand.PutAccount("acme"));
    }

    private void Put(Price price) => Assert.IsType<Decision.Accepted>(Ask(new ProjectCommand.PutPrices([price])));

    private void Give(long credits) => Do(new AccountCommand.GiveCredits
    {
        Amount = CreditAmount.FromCredits(credits), Kind = GrantKind.Purchase, Bucket = "purchase",
    });

    private Decision Ask(ProjectCommand command)
    {
        var envelope = new Envelope(new(_now), Terms) { Prices = Book };
        var decision = ProjectRules.Decide(Project, Settings, command, envelope);
        if (decision is not Decision.Accepted accepted) return decision;
        _project.AddRange(accepted.Entries);
        Settings = (ProjectState)accepted.State;
        return decision;
    }

    private Decision Decide(AccountCommand command) => AccountRules.Decide(
        Account, State, command, new(new(_now), Terms) { Prices = Book }, LoadedRecords.None);

    private void Do(AccountCommand command)
    {
        var accepted = Assert.IsType<Decision.Accepted>(Decide(command));
        _account.AddRange(accepted.Entries);
        State = (AccountState)accepted.State;
    }

    private ChainState Refold()
    {
        ChainState? state = null;
        foreach (var entry in _account)
            (state, _) = AccountRules.Fold((AccountState?)state, entry, LoadedRecords.None, out _);
        return state!;
    }

    private static JournalEntry Reread(SealedEntry entry) => EntryCodec.Decode(entry.Bytes);
}
