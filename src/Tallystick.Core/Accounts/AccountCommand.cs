using System.Collections.Immutable;
using Tallystick.Core.Charges;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Accounts;

/// <summary>Asks one account to do something. The closed set of what can be asked.</summary>
public abstract record AccountCommand
{
    /// <summary>Creates the account, or changes what is given: null leaves a thing as it is.</summary>
    public sealed record PutAccount(string AccountId) : AccountCommand
    {
        /// <summary>Comes with an <see cref="Journal.EntryText"/>, for its salt.</summary>
        public Profile Changes { get; init; } = Profile.Empty;

        /// <summary>What the changes change.</summary>
        public Profile Present { get; init; } = Profile.Empty;

        /// <summary>Leaves an account that there is already as it is.</summary>
        public bool OnlyNew { get; init; }
        public CreditAmount? OverdraftLimit { get; init; }
        public CreditAmount? MonthlyCap { get; init; }

        /// <summary>Takes the account's own cap away: then the tier's holds.</summary>
        public bool ClearMonthlyCap { get; init; }
        public string? TimeZone { get; init; }
        public string? Tier { get; init; }
        public TierChange TierChange { get; init; } = TierChange.AtOnce;

        internal AccountTerms Apply(AccountTerms terms) => new()
        {
            OverdraftLimit = OverdraftLimit ?? terms.OverdraftLimit,
            MonthlyCap = ClearMonthlyCap ? null : MonthlyCap ?? terms.MonthlyCap,
            TimeZone = TimeZone ?? terms.TimeZone,
        };
    }

    public sealed record SuspendAccount : AccountCommand;
    public sealed record ReactivateAccount : AccountCommand;
    public sealed record CloseAccount(bool ReleaseHolds) : AccountCommand;

    /// <summary>Takes away all free text that there is.</summary>
    public sealed record EraseText : AccountCommand;

    public sealed record GiveCredits : AccountCommand
    {
        public required CreditAmount Amount { get; init; }
        public required GrantKind Kind { get; init; }
        public required string Bucket { get; init; }
        public int Priority { get; init; } = PriorityDefault;
        public Instant? EffectiveAt { get; init; }
        public Instant? ExpiresAt { get; init; }
        public string? CostBasis { get; init; }
        public string? ReferenceId { get; init; }
    }

    public sealed record VoidGrant(ThingNumber Grant, bool ClawBackUsed) : AccountCommand;
    public sealed record ChargeCredits(Demand Demand, string? ReferenceId) : AccountCommand
    {
        public Spender Spender { get; init; } = Spender.Unknown;
    }


    public sealed record PlaceHold : AccountCommand
    {
        public required Demand Demand { get; init; }

        /// <summary>Instead of it, where the free tier has room for the rest.</summary>
        public FreeOffer? Offer { get; init; }
        public Duration ExpiresIn { get; init; } = HoldLifetimeDefault;

        /// <summary>Overrides <see cref="ExpiresIn"/>.</summary>
        public Instant? ExpiresAt { get; init; }
        public string? ReferenceId { get; init; }
        public JobTerms? Job { get; init; }
        public Spender Spender { get; init; } = Spender.Unknown;
    }

    public sealed record CaptureHold : AccountCommand
    {
        public required ThingNumber Hold { get; init; }

        /// <summary>A usage is priced by the time of the hold.</summary>
        public required Demand Demand { get; init; }
        public bool Final { get; init; } = true;
        public CaptureMode Mode { get; init; } = CaptureMode.Overflow;

        /// <summary>Of an amount: what was taken off before, of what the hold has set aside of the free tier.</summary>
        public FreeTaken? Free { get; init; }
    }

    public sealed record ReleaseHold(ThingNumber Hold) : AccountCommand;
    public sealed record ExtendHold(ThingNumber Hold, Instant ExpiresAt) : AccountCommand;

    /// <param name="RowsDone">Null: all of them for a completed job, none for a failed one.</param>
    public sealed record EndJob(ThingNumber Hold, JobOutcome Outcome, long? RowsDone, CaptureMode Mode)
        : AccountCommand;

    /// <param name="Amount">Null: all that is left.</param>
    public sealed record RefundCharge(ThingNumber Charge, CreditAmount? Amount, string? ReferenceId) : AccountCommand;

    /// <summary>A row of another system's history.</summary>
    public sealed record ImportHistory(EntryBody.HistoryImported Row) : AccountCommand;

    /// <summary>The balance with which an account comes from another system; after its history.</summary>
    public sealed record ImportBalance(string Layout) : AccountCommand
    {
        /// <summary>What the other system says that the account has; below zero where it owes.</summary>
        public required CreditAmount Stated { get; init; }

        /// <summary>What its buckets have, by name.</summary>
        public required ImmutableArray<OpeningBucket> Buckets { get; init; }

        /// <summary>What buckets below zero owe.</summary>
        public CreditAmount Owed { get; init; }

        /// <summary>Each becomes a hold over what it took.</summary>
        public ImmutableArray<OpenJob> Jobs { get; init; } = [];

        /// <summary>Null: as late as the project lets holds live.</summary>
        public Instant? HoldsExpireAt { get; init; }
    }

    /// <summary>Brings a charge to what the price that stands makes of its usage.</summary>
    /// <param name="Rated">As the charge's own entry has it.</param>
    public sealed record CorrectCharge(RatedCharge Rated) : AccountCommand
    {
        /// <summary>Priced already: what an entry says that is decided again.</summary>
        public PricedUsage? Priced { get; init; }
    }

    public sealed record PutBudget(string Id, BudgetTerms Terms) : AccountCommand;
    public sealed record RemoveBudget(string Id) : AccountCommand;

    /// <param name="License">Of the project's entry that points here.</param>
    public sealed record IssueLicense(ThingNumber License, string Name, string Hint, Instant? ExpiresAt)
        : AccountCommand;

    /// <summary>Null leaves a thing as it is.</summary>
    public sealed record ChangeLicense(ThingNumber License, string? Name, Instant? ExpiresAt, bool ClearExpiresAt)
        : AccountCommand;
    public sealed record ExpireLicense(ThingNumber License) : AccountCommand;
    public sealed record DeactivateLicense(ThingNumber License) : AccountCommand;
    public sealed record ReactivateLicense(ThingNumber License) : AccountCommand;

    /// <summary>Lets go of it, for another account to receive.</summary>
    public sealed record MoveLicense(ThingNumber License, string AccountId) : AccountCommand;

    /// <summary>Takes it over as another account let go of it.</summary>
    public sealed record ReceiveLicense(License License) : AccountCommand;

    public sealed record RecordUsage(UsageEventId Event) : AccountCommand
    {
        /// <summary>Of the usage; null: now.</summary>
        public Instant? OccurredAt { get; init; }

        /// <summary>Always a usage, priced by the time of the event.</summary>
        public required Demand Demand { get; init; }

        /// <summary>False: only metered.</summary>
        public bool IsCharged { get; init; } = true;

        /// <summary>Known already: what an entry says that is decided again.</summary>
        public bool HasNoPrice { get; init; }
        public Spender Spender { get; init; } = Spender.Unknown;
    }

    /// <summary>Enters what is due and nothing else.</summary>
    public sealed record SettleDue : AccountCommand;

    /// <summary>True where it cannot be decided without the project's prices.</summary>
    public bool NeedsPrices => this switch
    {
        ChargeCredits charge => charge.Demand.NeedsPrices,
        PlaceHold hold => hold.Demand.NeedsPrices,
        CaptureHold capture => capture.Demand.NeedsPrices,
        RecordUsage usage => usage.Demand.NeedsPrices && !usage.HasNoPrice,
        CorrectCharge correction => correction.Priced is null,
        _ => false,
    };

    public const int PriorityDefault = 100;
    public const int PriorityMax = 1000;
    public static readonly Duration HoldLifetimeDefault = Duration.FromSeconds(900);
}
