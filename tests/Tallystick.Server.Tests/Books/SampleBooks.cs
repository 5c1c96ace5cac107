using System.Collections.Immutable;
using System.Reflection;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using static Tallystick.Server.Tests.Books.BookWriter;

namespace Tallystick.Server.Tests.Books;

/// <summary>A small history with every kind of entry in it.</summary>
internal static class SampleBooks
{
    public const string Acme = "acme";
    public const string Beta = "beta";
    public const string Gamma = "gamma";
    public const string Delta = "delta";

    private static readonly IdentityTerms Login = new("https://login.example", "sub")
    {
        JwksUri = "https://login.example/keys", Audiences = ["tallystick"], Algorithms = ["ES256", "RS256"],
        RequiredClaims = [new("org", "acme")], AccountPrefix = "login", Tier = "trial", ClockSkew = 60,
    };

    /// <summary>Every body that a journal can have.</summary>
    public static IEnumerable<Type> Bodies =>
        typeof(EntryBody).GetNestedTypes(BindingFlags.Public).Where(type => type.IsSubclassOf(typeof(EntryBody)));

    public static async Task WriteAsync(BookWriter books)
    {
        await ProjectAsync(books);
        await GrantsAsync(books);
        await HoldsAsync(books);
        await books.SealAsync();
        await UsageAsync(books);
        await JobsAsync(books);
        await RefundsAsync(books);
        await LifecycleAsync(books);
        await TiersAsync(books);
        await LicensesAsync(books);
        await ImportAsync(books);
        await CorrectionsAsync(books);
        await books.SealAsync();
        await books.AdvanceAsync(Duration.FromDays(1));
        await books.SealAsync();
        await books.SealAsync();
        // Some entries that no seal covers yet.
        await books.AskAsync(Acme, new AccountCommand.ChargeCredits(Demand.Of(Credits(1)), "order-9"), "c9");
        await books.AskAsync(Acme, new AccountCommand.ChargeCredits(Demand.Of(Credits(2)), null), "c10");
    }

    private static async Task ProjectAsync(BookWriter books)
    {
        await books.ProjectAsync(new ProjectCommand.OpenProject("default"));
        var service = new KeyTerms(KeyRole.Service, "back end");
        await books.ProjectAsync(new ProjectCommand.CreateKey(new(KeyRole.Admin, "admin"), Mac(1), "adm…in"));
        await books.ProjectAsync(new ProjectCommand.CreateKey(service, Mac(2), "ol…d"));
        await books.ProjectAsync(new ProjectCommand.RotateKey(new(7), service, Mac(3), "ne…w", After(books, 60)));
        await books.ProjectAsync(new ProjectCommand.RevokeKey(new(8)));
        await books.ProjectAsync(new ProjectCommand.ChangeSettings(Duration.FromDays(2), Duration.FromDays(3)));
        await books.ProjectAsync(new ProjectCommand.PutUpstream("openai", "{}", [1, 2, 3], "…abc"));
        await books.ProjectAsync(new ProjectCommand.CreateProject("shop", IsTest: true));
        await books.ProjectAsync(new ProjectCommand.ArchiveProject(2));
        await books.ProjectAsync(new ProjectCommand.ReactivateProject(2));
        await books.ProjectAsync(new ProjectCommand.PutIdentityProvider("login", Login));
        await books.ProjectAsync(new ProjectCommand.RemoveIdentityProvider("login"));
        await books.ProjectAsync(new ProjectCommand.ChangeSettings(null, null) { DefaultTier = "starter" });
        await books.ProjectAsync(new ProjectCommand.ChangeSettings(null, null)
        {
            Limits = new() { RequestsPerMinute = 600, RequestsAtOnce = 20 },
        });
        await books.ProjectAsync(new ProjectCommand.PutPrices([Price]));
        var pricing = PricingSettingsChange.To(Settings);
        await books.ProjectAsync(new ProjectCommand.ChangeSettings(null, null) { Pricing = pricing });
    }

    private static async Task GrantsAsync(BookWriter books)
    {
        await books.AskAsync(
            Acme, new AccountCommand.PutAccount(Acme) { Changes = new("Acme", null, null) }, text: "{}");
        var changes = new Profile(null, "a@acme.example", null);
        await books.AskAsync(
            Acme, new AccountCommand.PutAccount(Acme) { Changes = changes, OverdraftLimit = Credits(30) }, text: "{}");
        await books.AskAsync(Acme, Grant(50, GrantKind.Promotional, After(books, 3_000)), "g1", """{"note":"hello"}""");
        await books.AskAsync(Acme, Grant(20, GrantKind.Purchase) with { ReferenceId = "order-1", Priority = 50 }, "g2");
        await books.AskAsync(Acme, Grant(10, GrantKind.Bonus) with { EffectiveAt = After(books, 500) }, "g3");
        await books.AskAsync(Acme, new AccountCommand.ChargeCredits(Demand.Of(Credits(30)), "order-2"), "c1");
        await books.AskAsync(Acme, new AccountCommand.ChargeCredits(Demand.Of(Credits(50)), null), "c2");
        await books.AskAsync(Acme, Grant(100, GrantKind.Allowance, After(books, 6_000)), "g4");
        await books.AskAsync(Acme, new AccountCommand.ChargeCredits(Demand.Of(Credits(5)), null), "c3");
        await books.AdvanceAsync(600);
    }

    private static async Task HoldsAsync(BookWriter books)
    {
        var partly = await books.AskAsync(Acme, Hold(20), "h1");
        await books.AskAsync(Acme, Capture(partly, 5) with { Final = false }, "p1");
        await books.AskAsync(Acme, Capture(partly, 25));
        var released = await books.AskAsync(Acme, Hold(3), "h2");
        await books.AskAsync(Acme, new AccountCommand.ReleaseHold(released));
        var late = await books.AskAsync(Acme, Hold(4), "h3");
        await books.AskAsync(Acme, new AccountCommand.ExtendHold(late, After(books, 1_200)));
        await books.AdvanceAsync(1_500);
        await books.AskAsync(Acme, Capture(late, 2));
    }

    private static async Task UsageAsync(BookWriter books)
    {
        await books.AskAsync(Acme, new AccountCommand.ChargeCredits(Demand.Of(Usage), "chat-1"), "u1");
        var hold = await books.AskAsync(Acme, new AccountCommand.PlaceHold { Demand = Demand.Of(Usage) }, "u2");
        await books.AskAsync(Acme, new AccountCommand.CaptureHold { Hold = hold, Demand = Demand.Of(Usage) });
        var usage = new AccountCommand.RecordUsage(new("gateway", "1")) { Demand = Demand.Of(Usage) };
        await books.AskAsync(Acme, usage, usage.Event.Key);
        usage = usage with { Event = new("gateway", "2"), IsCharged = false, OccurredAt = books.Now };
        await books.AskAsync(Acme, usage, usage.Event.Key);
        usage = usage with { Event = new("gateway", "3"), Demand = Demand.Of(Usage with { Model = "unpriced" }) };
        await books.AskAsync(Acme, usage, usage.Event.Key);
    }

    private static async Task JobsAsync(BookWriter books)
    {
        foreach (var (outcome, rows) in
            new[] { (JobOutcome.Completed, 3), (JobOutcome.Failed, 0), (JobOutcome.RolledBack, 0) })
        {
            var job = await books.AskAsync(Acme, Hold(5) with { Job = new(5, Credits(1)) }, $"j{outcome}");
            await books.AskAsync(Acme, new AccountCommand.EndJob(job, outcome, rows, CaptureMode.Overflow));
        }
    }

    private static async Task RefundsAsync(BookWriter books)
    {
        await books.AskAsync(Beta, new AccountCommand.PutAccount(Beta) { OverdraftLimit = Credits(10) });
        var grant = await books.AskAsync(Beta, Grant(10, GrantKind.Purchase, After(books, 100)), "g1");
        var charge = await books.AskAsync(Beta, new AccountCommand.ChargeCredits(Demand.Of(Credits(9)), null), "c1");
        await books.AskAsync(Beta, new AccountCommand.RefundCharge(charge, Credits(2), "case-1"), "r1");
        await books.AdvanceAsync(200);
        await books.AskAsync(Beta, new AccountCommand.RefundCharge(charge, null, null), "r2", """{"reason":"late"}""");
        var debt = await books.AskAsync(Beta, new AccountCommand.ChargeCredits(Demand.Of(Credits(12)), null), "c2");
        await books.AskAsync(Beta, Grant(3, GrantKind.Adjustment), "g2");
        await books.AskAsync(Beta, new AccountCommand.RefundCharge(debt, Credits(11), null), "r3");
        await books.AskAsync(Beta, new AccountCommand.VoidGrant(grant, ClawBackUsed: true));
    }

    private static async Task LifecycleAsync(BookWriter books)
    {
        await books.AskAsync(Acme, new AccountCommand.SuspendAccount());
        await books.AskAsync(Acme, new AccountCommand.ReactivateAccount());
        await books.AskAsync(Beta, Grant(20, GrantKind.Import), "g3");
        await books.AskAsync(Beta, Hold(4), "h1");
        await books.AskAsync(Beta, new AccountCommand.CloseAccount(ReleaseHolds: true));
        await books.AskAsync(Beta, new AccountCommand.EraseText());
        await books.AdvanceAsync(5_000);
    }

    private static async Task TiersAsync(BookWriter books)
    {
        await books.AskAsync(Gamma, Tier("professional"), "t1");
        var team = new BudgetTerms(new(BudgetScopeKind.Account, ""), Credits(30), PeriodRule.Calendar);
        await books.AskAsync(Gamma, new AccountCommand.PutBudget("team", team), "b1");
        await books.AskAsync(Gamma, new AccountCommand.ChargeCredits(Demand.Of(Credits(7)), null), "c1");
        await books.AskAsync(Gamma, Tier("starter") with { TierChange = TierChange.AtPeriodEnd }, "t2");
        await books.AdvanceAsync(35 * 86_400);
        await books.AskAsync(Gamma, new AccountCommand.RemoveBudget("team"), "b2");
        await books.AskAsync(Gamma, Tier("enterprise"), "t3");
        await FreeTierAsync(books);
    }

    private static async Task FreeTierAsync(BookWriter books)
    {
        var free = new FreeTierTerms(Requests: 6, Tokens: 170, ["m-*"]);
        await books.ProjectAsync(new ProjectCommand.PutTier("free", new() { FreeTier = free }));
        await books.AskAsync(Gamma, Tier("free"), "t4");
        await books.AskAsync(Gamma, new AccountCommand.ChargeCredits(Demand.Of(Usage), null), "f1");
        var usage = await books.AskAsync(Gamma, new AccountCommand.PlaceHold { Demand = Demand.Of(Usage) }, "f2");
        var amount = await books.AskAsync(Gamma, new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(Credits(2)), Offer = new(Credits(1), new("m-1", new(1, 40))),
        }, "f3");
        var parts = await books.AskAsync(Gamma, new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(Credits(2)), Offer = new(Credits(1), new("m-1", new(1, 10))),
        }, "f6");
        var record = new AccountCommand.RecordUsage(new("gateway", "4")) { Demand = Demand.Of(Usage) };
        await books.AskAsync(Gamma, record, record.Event.Key);
        var capture = new AccountCommand.CaptureHold { Hold = usage, Demand = Demand.Of(Usage), Final = false };
        await books.AskAsync(Gamma, capture, "f4");
        await books.AskAsync(Gamma, capture with { Hold = amount, Final = true });
        await books.AskAsync(Gamma, Capture(parts, 1) with { Free = new(new(1, 8), Credits(1)) });
        await books.AskAsync(Gamma, new AccountCommand.ChargeCredits(Demand.Of(Usage), null), "f5");
    }

    private static Price Price => new()
    {
        Selector = new("acme", "m-*", null, []),
        Standard = new(
            RateTable.Of([new(Unit.Input, ExactDecimal.From(3_000)), new(Unit.Output, ExactDecimal.From(15_000))]), []),
        Markup = new(ExactDecimal.From(20), default), Source = "today",
    };

    private static PricingSettings Settings => new()
    {
        CreditsPerUsd = ExactDecimal.From(2), Models = [new("m-1", ExactDecimal.From(3))],
    };

    private static MeteredUsage Usage => new()
    {
        Provider = "acme", Model = "m-1", EventType = "chat",
        Quantities = [new(Unit.Input, ExactDecimal.From(30)), new(Unit.Output, ExactDecimal.From(7))],
    };

    private static async Task LicensesAsync(BookWriter books)
    {
        var number = await books.ProjectAsync(new ProjectCommand.PointLicense(Mac(4), Acme, IsChosen: true));
        await books.AskAsync(Acme, new AccountCommand.IssueLicense(number, "desk", "…4", After(books, 900)));
        await books.AskAsync(Acme, Charge(1), "l1", license: number);
        await books.AskAsync(Acme, new AccountCommand.DeactivateLicense(number));
        await books.AskAsync(Acme, new AccountCommand.ReactivateLicense(number));
        await books.AskAsync(Acme, new AccountCommand.ChangeLicense(number, "bench", null, ClearExpiresAt: true));
        await books.AskAsync(Acme, new AccountCommand.MoveLicense(number, Gamma));
        await books.AskAsync(Gamma, new AccountCommand.ReceiveLicense(new()
        {
            Number = number, Name = "bench", Hint = "…4", Status = LicenseStatus.Active, CreatedAt = books.Now,
            Former = [Acme],
        }));
        await books.AskAsync(Gamma, new AccountCommand.ExpireLicense(number));
    }

    private static async Task ImportAsync(BookWriter books)
    {
        await books.AskAsync(Delta, new AccountCommand.PutAccount(Delta));
        var bought = new EntryBody.HistoryImported
        {
            Table = "ledger", RowId = "1", OccurredAt = books.Now, Type = "purchase", Amount = Credits(40),
            Left = Credits(40),
        };
        var used = bought with
        {
            RowId = "2", Type = "usage", Amount = -Credits(9), Left = null, ReferenceId = "order-3",
            Split = [new("monthly", Credits(5)), new("addon", Credits(4))],
        };
        await books.AskAsync(Delta, new AccountCommand.ImportHistory(bought), "i1", """{"description":"Top-up"}""");
        var charge = await books.AskAsync(Delta, new AccountCommand.ImportHistory(used), "i2");
        await books.AskAsync(
            Delta, new AccountCommand.ImportBalance("002")
            {
                Stated = Credits(30), Owed = Credits(2), HoldsExpireAt = After(books, 1_000),
                Buckets = [new("monthly", Credits(12), 50, After(books, 3_000)), new("addon", Credits(20), 100, null)],
                Jobs =
                [
                    new("job-1", new(3, Credits(1)), [new("monthly", Credits(1)), new("addon", Credits(2))]),
                    new("job-2", new(1, Credits(2)), [new("addon", Credits(2))]),
                ],
            }, "i3");
        await books.AskAsync(Delta, new AccountCommand.RefundCharge(charge, Credits(6), null), "i4");
    }

    /// <summary>Dearer from the beginning on, then cheaper.</summary>
    private static async Task CorrectionsAsync(BookWriter books)
    {
        foreach (var input in new[] { 4_000, 1_000 })
        {
            var rates = RateTable.Of(
                [new(Unit.Input, ExactDecimal.From(input)), new(Unit.Output, ExactDecimal.From(input * 5))]);
            await books.ProjectAsync(
                new ProjectCommand.PutPrices([Price with { EffectiveFrom = Start, Standard = new(rates, []) }]));
            await books.RerateAsync(Acme);
            await books.RerateAsync(Gamma);
        }
    }

    private static AccountCommand.PutAccount Tier(string name) => new(Gamma) { Tier = name };

    private static ImmutableArray<byte> Mac(byte of) => [.. Enumerable.Repeat(of, 32)];

    private static AccountCommand.GiveCredits Grant(long credits, GrantKind kind, Instant? expiresAt = null) => new()
    {
        Amount = Credits(credits), Kind = kind, Bucket = kind.ToString().ToLowerInvariant(), ExpiresAt = expiresAt,
    };

    private static AccountCommand.ChargeCredits Charge(long credits) => new(Demand.Of(Credits(credits)), null);

    private static AccountCommand.PlaceHold Hold(long credits) => new() { Demand = Demand.Of(Credits(credits)) };

    private static AccountCommand.CaptureHold Capture(ThingNumber hold, long credits) =>
        new() { Hold = hold, Demand = Demand.Of(Credits(credits)) };

    private static Instant After(BookWriter books, long seconds) => books.Now.Plus(Duration.FromSeconds(seconds));
}
