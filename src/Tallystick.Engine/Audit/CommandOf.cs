using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Limits;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;

namespace Tallystick.Engine.Audit;

/// <summary>The command that an entry answers, read back from its body, so that it can be decided again.</summary>
internal static class CommandOf
{
    /// <summary>True for what happens by itself.</summary>
    public static bool IsDue(EntryBody body) =>
        body is EntryBody.GrantActivated or EntryBody.GrantExpired or EntryBody.HoldExpired or EntryBody.PeriodEnded;

    public static AccountCommand Account(SealedEntry entry, AccountState? before) => entry.Entry.Body switch
    {
        EntryBody.AccountOpened b => Put(b.AccountId, entry, b.Terms),
        EntryBody.AccountChanged b => Put("", entry, b.Terms),
        EntryBody.PeriodBegun { Tier: "" } => new AccountCommand.PutAccount(""),
        EntryBody.PeriodBegun b => new AccountCommand.PutAccount("") { Tier = b.Tier },
        EntryBody.BudgetPut b => new AccountCommand.PutBudget(b.Id, b.Terms),
        EntryBody.HistoryImported b => new AccountCommand.ImportHistory(b),
        EntryBody.BalanceImported b => new AccountCommand.ImportBalance(b.Layout)
        {
            Stated = b.Stated, Buckets = b.Buckets, Owed = b.Owed, Jobs = b.Jobs, HoldsExpireAt = b.HoldsExpireAt,
        },
        EntryBody.BudgetRemoved b => new AccountCommand.RemoveBudget(b.Id),
        EntryBody.TierPlanned b =>
            new AccountCommand.PutAccount("") { Tier = b.Tier, TierChange = TierChange.AtPeriodEnd },
        EntryBody.AccountSuspended => new AccountCommand.SuspendAccount(),
        EntryBody.AccountReactivated => new AccountCommand.ReactivateAccount(),
        // The holds that a closing released have entries of their own before it.
        EntryBody.AccountClosed => new AccountCommand.CloseAccount(ReleaseHolds: false),
        EntryBody.TextErased => new AccountCommand.EraseText(),
        EntryBody.Granted { Tier: null } b => new AccountCommand.GiveCredits
        {
            Amount = b.Amount, Kind = b.Kind, Bucket = b.Bucket, Priority = b.Priority, EffectiveAt = b.EffectiveAt,
            ExpiresAt = b.ExpiresAt, CostBasis = b.CostBasis, ReferenceId = b.ReferenceId,
        },
        EntryBody.GrantVoided b => new AccountCommand.VoidGrant(b.Grant, b.ClawBackUsed),
        EntryBody.Charged b => new AccountCommand.ChargeCredits(Demand.Of(b.Amount, b.Priced), b.ReferenceId)
        {
            Spender = SpenderOf(entry, before),
        },
        EntryBody.UsageRecorded b => new AccountCommand.RecordUsage(b.Event)
        {
            OccurredAt = b.OccurredAt, Demand = new(b.Amount, b.Counted, b.Priced), IsCharged = b.IsCharged,
            HasNoPrice = b.Priced is null, Spender = SpenderOf(entry, before),
        },
        EntryBody.HoldPlaced b => new AccountCommand.PlaceHold
        {
            Demand = Demand.Of(b.Amount, b.Priced), Offer = b.Free is { } free ? new(b.Amount, free) : null,
            ExpiresAt = b.ExpiresAt, ReferenceId = b.ReferenceId, Job = b.Job, Spender = SpenderOf(entry, before),
        },
        EntryBody.Captured { Job: { } end } b => new AccountCommand.EndJob(b.Hold, end.Outcome, end.RowsDone, b.Mode),
        EntryBody.Captured b => new AccountCommand.CaptureHold
        {
            Hold = b.Hold, Demand = Demand.Of(b.Requested, b.Priced), Final = b.Final, Mode = b.Mode, Free = b.Free,
        },
        EntryBody.Released { Job: { } end } b =>
            new AccountCommand.EndJob(b.Hold, end.Outcome, end.RowsDone, CaptureMode.Overflow),
        EntryBody.Released b => new AccountCommand.ReleaseHold(b.Hold),
        EntryBody.HoldExtended b => new AccountCommand.ExtendHold(b.Hold, b.ExpiresAt),
        EntryBody.Refunded b => new AccountCommand.RefundCharge(b.Charge, b.Amount, b.ReferenceId),
        EntryBody.Corrected b => new AccountCommand.CorrectCharge(RatedCharge.Of(b)) { Priced = b.Priced },
        EntryBody.LicenseIssued b => new AccountCommand.IssueLicense(b.License, b.Name, b.Hint, b.ExpiresAt),
        EntryBody.LicenseChanged b =>
            new AccountCommand.ChangeLicense(b.License, b.Name, b.ExpiresAt, ClearExpiresAt: b.ExpiresAt is null),
        EntryBody.LicenseDeactivated b => new AccountCommand.DeactivateLicense(b.License),
        EntryBody.LicenseReactivated b => new AccountCommand.ReactivateLicense(b.License),
        EntryBody.LicenseReceived b => new AccountCommand.ReceiveLicense(new()
        {
            Number = b.License, Name = b.Name, Hint = b.Hint, CreatedAt = b.CreatedAt, ExpiresAt = b.ExpiresAt,
            Status = b.IsActive ? LicenseStatus.Active : LicenseStatus.Inactive, Former = b.Former,
        }),
        EntryBody.LicenseMoved b => new AccountCommand.MoveLicense(b.License, b.AccountId),
        var body when IsDue(body) => new AccountCommand.SettleDue(),
        var body => throw new JournalCorruptException($"{body.Word} in an account's chain"),
    };

    public static ProjectCommand Project(EntryBody body) => body switch
    {
        EntryBody.ProjectOpened b => new ProjectCommand.OpenProject(b.Name) { IsTest = b.IsTest },
        EntryBody.KeyCreated b => new ProjectCommand.CreateKey(b.Terms, b.Mac, b.Hint),
        EntryBody.KeyRotated b =>
            new ProjectCommand.RotateKey(b.KeyNumber, b.Terms, b.Mac, b.Hint, b.OldExpiresAt),
        EntryBody.KeyRevoked b => new ProjectCommand.RevokeKey(b.KeyNumber),
        EntryBody.SettingsChanged b => new ProjectCommand.ChangeSettings(b.RefundGrace, b.MaxHoldLifetime)
        {
            Pricing = b.Pricing is { } pricing ? PricingSettingsChange.To(pricing) : null, DefaultTier = b.DefaultTier,
            ReportKeys = b.ReportKeys, Limits = b.Limits,
        },
        EntryBody.PricesRecorded b => new ProjectCommand.PutPrices(b.Prices),
        EntryBody.TierPut b => new ProjectCommand.PutTier(b.Name, b.Terms),
        EntryBody.UpstreamChanged b => new ProjectCommand.PutUpstream(b.Name, b.Options, b.SealedKey, b.KeyHint),
        EntryBody.IdentityProviderPut b => new ProjectCommand.PutIdentityProvider(b.Name, b.Terms),
        EntryBody.IdentityProviderRemoved b => new ProjectCommand.RemoveIdentityProvider(b.Name),
        EntryBody.LicensePointed b => new ProjectCommand.PointLicense(b.Mac, b.AccountId, b.IsChosen),
        EntryBody.ProjectCreated b => new ProjectCommand.CreateProject(b.Name, b.IsTest),
        EntryBody.ProjectArchived b => new ProjectCommand.ArchiveProject(b.Number),
        EntryBody.ProjectReactivated b => new ProjectCommand.ReactivateProject(b.Number),
        _ => throw new JournalCorruptException($"{body.Word} in a project's chain"),
    };

    /// <summary>
    /// Who spent is partly in the text beside the chain, which may be erased: the entry says where it counts. In a
    /// budget of the whole account everything does.
    /// </summary>
    private static Spender SpenderOf(SealedEntry entry, AccountState? before)
    {
        var said = entry.Entry.Counts.Select(count => count.Budget);
        var certain = before?.Budgets.Where(budget => budget.Terms.Scope.Kind == BudgetScopeKind.Account) ?? [];
        return new() { Budgets = [.. said.Union(certain.Select(budget => budget.Number))] };
    }

    private static AccountCommand.PutAccount Put(string accountId, SealedEntry entry, AccountTerms terms) =>
        new(accountId)
    {
        Changes = ProfileOf(entry), OverdraftLimit = terms.OverdraftLimit, MonthlyCap = terms.MonthlyCap,
        ClearMonthlyCap = terms.MonthlyCap is null, TimeZone = terms.TimeZone,
    };

    private static Profile ProfileOf(SealedEntry entry) =>
        entry.Entry.TextDigest.IsEmpty ? Profile.Empty : ProfileText.Read(entry.Text);
}
