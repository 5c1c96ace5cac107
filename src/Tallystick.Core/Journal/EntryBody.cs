using System.Collections.Frozen;
using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Imports;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Journal;

/// <summary>
/// What kind of thing happened. The closed set of everything that a journal can say; the code is stored.
/// </summary>
public abstract record EntryBody(int Code, string Word)
{
    /// <summary>The words of all kinds that an account's journal knows.</summary>
    public static readonly FrozenSet<string> Words = FrozenSet.Create(
        StringComparer.Ordinal, "account_opened", "account_changed", "account_suspended", "account_reactivated",
            "account_closed", "text_erased",
        "grant", "grant_activated", "grant_expired", "grant_voided", "charge", "hold", "capture", "release",
            "hold_extended",
        "hold_expired", "refund", "correction", "period_begun", "tier_planned", "period_ended",
        "budget_put", "budget_removed", "usage",
        "license_issued", "license_changed", "license_deactivated", "license_reactivated", "license_received",
        "license_moved", "history_imported", "balance_imported");

    /// <summary>The words of all kinds that a project's own journal knows.</summary>
    public static readonly FrozenSet<string> ProjectWords = FrozenSet.Create(
        StringComparer.Ordinal, "project_opened", "key_created", "key_revoked", "settings_changed", "prices_recorded",
        "upstream_changed", "key_rotated", "project_created", "project_archived", "project_reactivated",
        "license_pointed", "tier_put", "identity_provider_put", "identity_provider_removed");

    /// <summary>What the caller calls the thing; null where it gave nothing.</summary>
    public string? Reference => this switch
    {
        Granted body => body.ReferenceId,
        Charged body => body.ReferenceId,
        HoldPlaced body => body.ReferenceId,
        Refunded body => body.ReferenceId,
        HistoryImported body => body.ReferenceId,
        _ => null,
    };

    /// <summary>The charge that it gives back of, or corrects; none for anything else.</summary>
    public ThingNumber OfCharge => this switch
    {
        Refunded body => body.Charge,
        Corrected body => body.Charge,
        _ => default,
    };

    public sealed record AccountOpened(string AccountId, AccountTerms Terms) : EntryBody(1, "account_opened");

    /// <summary>Limits after the change; the profile is free text.</summary>
    public sealed record AccountChanged(AccountTerms Terms) : EntryBody(2, "account_changed");
    public sealed record AccountSuspended() : EntryBody(3, "account_suspended");
    public sealed record AccountReactivated() : EntryBody(4, "account_reactivated");
    public sealed record AccountClosed() : EntryBody(5, "account_closed");

    /// <summary>The free text of all entries before it has been taken away.</summary>
    public sealed record TextErased() : EntryBody(60, "text_erased");

    public sealed record Granted : EntryBody
    {
        public Granted() : base(6, "grant") { }
        public required CreditAmount Amount { get; init; }
        public required string Bucket { get; init; }
        public required GrantKind Kind { get; init; }
        public required int Priority { get; init; }
        public required bool IsFree { get; init; }
        public required Instant EffectiveAt { get; init; }
        public Instant? ExpiresAt { get; init; }
        public string? CostBasis { get; init; }
        public string? ReferenceId { get; init; }

        /// <summary>The tier that gave it, and why; null for any other grant.</summary>
        public string? Tier { get; init; }
        public GrantReason Reason { get; init; }
    }

    public sealed record GrantActivated(ThingNumber Grant) : EntryBody(7, "grant_activated");
    public sealed record GrantExpired(ThingNumber Grant) : EntryBody(8, "grant_expired");

    public sealed record GrantVoided : EntryBody
    {
        public GrantVoided() : base(9, "grant_voided") { }
        public required ThingNumber Grant { get; init; }
        public required bool ClawBackUsed { get; init; }

        /// <summary>Where the grant's credits stood after it, so that the answer can be given again.</summary>
        public required CreditAmount Held { get; init; }
        public required CreditAmount Used { get; init; }
        public required CreditAmount Expired { get; init; }
        public required CreditAmount Voided { get; init; }
    }

    public sealed record Charged(CreditAmount Amount, string? ReferenceId) : EntryBody(10, "charge")
    {
        /// <summary>Where the amount is what a usage cost.</summary>
        public PricedUsage? Priced { get; init; }
    }

    public sealed record HoldPlaced : EntryBody
    {
        public HoldPlaced() : base(11, "hold") { }
        public required CreditAmount Amount { get; init; }
        public required Instant ExpiresAt { get; init; }
        public string? ReferenceId { get; init; }
        public JobTerms? Job { get; init; }

        /// <summary>Where the amount is what a usage would cost.</summary>
        public PricedUsage? Priced { get; init; }

        /// <summary>What a hold for an amount sets aside of the free tier.</summary>
        public FreeReserve? Free { get; init; }

        /// <summary>What it sets aside of the free tier, whatever it is for.</summary>
        public FreeUse TakesOfFreeTier() => Free?.Use ?? Priced?.Cost.Free?.Use ?? default;
    }

    public sealed record Captured : EntryBody
    {
        public Captured() : base(12, "capture") { }
        public required ThingNumber Hold { get; init; }

        /// <summary>What was asked for; <see cref="Amount"/> is less only in mode <c>cap</c>.</summary>
        public required CreditAmount Requested { get; init; }
        public required CreditAmount Amount { get; init; }
        public required CaptureMode Mode { get; init; }

        /// <summary>The hold ended with this entry.</summary>
        public required bool Final { get; init; }
        public bool Late { get; init; }
        public JobEnd? Job { get; init; }

        /// <summary>Where what was asked for is what a usage cost.</summary>
        public PricedUsage? Priced { get; init; }

        /// <summary>What of a capture for an amount the free tier has taken over.</summary>
        public FreeTaken? Free { get; init; }
    }

    public sealed record Released(ThingNumber Hold, JobEnd? Job) : EntryBody(13, "release");

    /// <param name="Taken">What captures had taken before it, so that the answer can be given again.</param>
    public sealed record HoldExtended(ThingNumber Hold, Instant ExpiresAt, CreditAmount Taken)
        : EntryBody(14, "hold_extended");

    public sealed record HoldExpired(ThingNumber Hold) : EntryBody(15, "hold_expired");

    /// <summary>Re-grants are numbered by ordinal from 1, in the order of the list.</summary>
    public sealed record Refunded(
        ThingNumber Charge, CreditAmount Amount, ImmutableArray<Regrant> Regrants, string? ReferenceId)
        : EntryBody(16, "refund");

    /// <summary>
    /// A charge's usage was priced again, by a version that was recorded since: the difference is charged or given
    /// back. Re-grants are numbered by ordinal from 1, in the order of the list.
    /// </summary>
    public sealed record Corrected : EntryBody
    {
        public Corrected() : base(17, "correction") { }
        public required ThingNumber Charge { get; init; }

        /// <summary>Where reports count the charge, and so this.</summary>
        public required Instant CountedAt { get; init; }

        /// <summary>What the charge came to, and what of that was the provider's.</summary>
        public required CreditAmount Before { get; init; }
        public required CreditAmount ProviderBefore { get; init; }

        /// <summary>What it comes to.</summary>
        public required CreditAmount After { get; init; }

        /// <summary>What went back: less than the difference where refunds had given back more already.</summary>
        public required CreditAmount Returned { get; init; }
        public required ImmutableArray<Regrant> Regrants { get; init; }

        /// <summary>The charge's own usage and instant, by the price that stands.</summary>
        public required PricedUsage Priced { get; init; }

        /// <summary>It charged more.</summary>
        public bool IsFurther => After > Before;
    }

    /// <summary>The account has this tier (empty: none) from now on, in this period.</summary>
    public sealed record PeriodBegun(string Tier, Instant Anchor, Instant PeriodStart, Instant PeriodEnd)
        : EntryBody(40, "period_begun");

    /// <summary>The tier that begins with the next period; the present one to stay with it.</summary>
    public sealed record TierPlanned(string Tier) : EntryBody(41, "tier_planned");

    /// <summary>
    /// A period ended at the entry's date, and one of this tier began. Rollovers are numbered by ordinal from 1.
    /// </summary>
    public sealed record PeriodEnded(string Tier, Instant NextEnd, ImmutableArray<Regrant> Rollovers)
        : EntryBody(42, "period_ended");

    /// <summary>A budget has these terms from now on. Its number is that of the entry that put its id first.</summary>
    public sealed record BudgetPut(string Id, BudgetTerms Terms) : EntryBody(43, "budget_put");
    public sealed record BudgetRemoved(string Id) : EntryBody(44, "budget_removed");

    /// <summary>The licence's number is that of the project's entry which points here.</summary>
    public sealed record LicenseIssued(ThingNumber License, string Name, string Hint, Instant? ExpiresAt)
        : EntryBody(30, "license_issued");
    public sealed record LicenseChanged(ThingNumber License, string Name, Instant? ExpiresAt)
        : EntryBody(31, "license_changed");
    public sealed record LicenseDeactivated(ThingNumber License) : EntryBody(32, "license_deactivated");
    public sealed record LicenseReactivated(ThingNumber License) : EntryBody(33, "license_reactivated");

    /// <summary>It came from another account, the last of <see cref="Former"/>.</summary>
    public sealed record LicenseReceived : EntryBody
    {
        public LicenseReceived() : base(34, "license_received") { }
        public required ThingNumber License { get; init; }
        public required string Name { get; init; }
        public required string Hint { get; init; }
        public required Instant CreatedAt { get; init; }
        public Instant? ExpiresAt { get; init; }
        public required bool IsActive { get; init; }
        public required ImmutableArray<string> Former { get; init; }
    }

    /// <summary>It went to another account.</summary>
    public sealed record LicenseMoved(ThingNumber License, string AccountId) : EntryBody(35, "license_moved");

    /// <summary>What was consumed, as somebody counted it.</summary>
    /// <param name="OccurredAt">The instant whose prices stand.</param>
    /// <param name="IsCharged">False: only metered.</param>
    /// <param name="Counted">The usage; what it costs is <see cref="Priced"/>.</param>
    public sealed record UsageRecorded(UsageEventId Event, Instant OccurredAt, bool IsCharged, MeteredUsage Counted)
        : EntryBody(20, "usage")
    {
        /// <summary>Null where it was only metered and has no price.</summary>
        public PricedUsage? Priced { get; init; }
        public CreditAmount Amount => IsCharged ? Priced!.Cost.Total : default;
    }

    /// <summary>A row of another system's books, as it stands there. It moves nothing here.</summary>
    public sealed record HistoryImported : EntryBody
    {
        public HistoryImported() : base(50, "history_imported") { }

        /// <summary>Where the row stood, and which it was.</summary>
        public required string Table { get; init; }
        public required string RowId { get; init; }
        public required Instant OccurredAt { get; init; }

        /// <summary>What the other system calls it; null where it does not say.</summary>
        public string? Type { get; init; }

        /// <summary>What it did to the balance there; below zero where it took.</summary>
        public required CreditAmount Amount { get; init; }

        /// <summary>What the row says that was left; null where it does not say.</summary>
        public CreditAmount? Left { get; init; }

        /// <summary>What a charge took, by bucket, in the order burned; empty where the row does not say.</summary>
        public ImmutableArray<BucketPart> Split { get; init; } = [];
        public string? ReferenceId { get; init; }
        public bool IsCharge => Amount < default(CreditAmount);
    }

    /// <summary>
    /// The balance with which an account came from another system. Its grants are numbered by ordinal from 1, in the
    /// order of the buckets.
    /// </summary>
    public sealed record BalanceImported : EntryBody
    {
        public BalanceImported() : base(51, "balance_imported") { }

        /// <summary>The other system's.</summary>
        public required string Layout { get; init; }

        /// <summary>What it said that the account had.</summary>
        public required CreditAmount Stated { get; init; }

        /// <summary>How many rows of history came before, and what they sum to.</summary>
        public required long Rows { get; init; }
        public required CreditAmount Sum { get; init; }
        public required ImmutableArray<OpeningBucket> Buckets { get; init; }
        public required CreditAmount Owed { get; init; }
        public required ImmutableArray<OpenJob> Jobs { get; init; }

        /// <summary>Of the jobs' holds; null where there are none.</summary>
        public Instant? HoldsExpireAt { get; init; }
    }

    public sealed record ProjectOpened(string Name, bool IsTest) : EntryBody(64, "project_opened");
    public sealed record KeyCreated(KeyTerms Terms, ImmutableArray<byte> Mac, string Hint)
        : EntryBody(65, "key_created");
    public sealed record KeyRevoked(ThingNumber KeyNumber) : EntryBody(66, "key_revoked");
    public sealed record SettingsChanged(Duration RefundGrace, Duration MaxHoldLifetime)
        : EntryBody(67, "settings_changed")
    {
        /// <summary>From here on; null: as they were.</summary>
        public PricingSettings? Pricing { get; init; }

        /// <summary>From here on; null: as it was.</summary>
        public string? DefaultTier { get; init; }
        /// <summary>From here on; null: as they were.</summary>
        public ImmutableArray<string>? ReportKeys { get; init; }

        /// <summary>From here on; null: as they were.</summary>
        public ProjectLimits? Limits { get; init; }
    }

    /// <summary>New versions of prices; numbered by ordinal from 1, in the order of the list.</summary>
    public sealed record PricesRecorded(ImmutableArray<Price> Prices) : EntryBody(68, "prices_recorded");

    /// <summary>An upstream as it is from here on.</summary>
    public sealed record UpstreamChanged(
        string Name, string Options, ImmutableArray<byte> SealedKey, string? KeyHint)
        : EntryBody(80, "upstream_changed");

    /// <summary>
    /// A new key in the place of another, or (none named) of all admin keys, which go on until then at most.
    /// </summary>
    public sealed record KeyRotated(
        ThingNumber KeyNumber, KeyTerms Terms, ImmutableArray<byte> Mac, string Hint, Instant OldExpiresAt)
        : EntryBody(90, "key_rotated");

    /// <summary>Another project is in the register, which the first one's chain has.</summary>
    public sealed record ProjectCreated(int Number, string Name, bool IsTest) : EntryBody(91, "project_created");
    public sealed record ProjectArchived(int Number) : EntryBody(92, "project_archived");
    public sealed record ProjectReactivated(int Number) : EntryBody(93, "project_reactivated");

    /// <summary>A licence's key leads to this account. The entry's number is the licence's.</summary>
    /// <param name="Mac">Keyed hash of the licence key; the entry claims it, so that none leads to two.</param>
    /// <param name="IsChosen">Whoever issued it chose the key: it has not our form.</param>
    public sealed record LicensePointed(ImmutableArray<byte> Mac, string AccountId, bool IsChosen)
        : EntryBody(94, "license_pointed");

    /// <summary>Tokens of this issuer are taken by these terms from now on.</summary>
    public sealed record IdentityProviderPut(string Name, IdentityTerms Terms)
        : EntryBody(95, "identity_provider_put");
    public sealed record IdentityProviderRemoved(string Name) : EntryBody(96, "identity_provider_removed");

    /// <summary>A tier has these terms from now on.</summary>
    public sealed record TierPut(string Name, TierTerms Terms) : EntryBody(100, "tier_put");
}
