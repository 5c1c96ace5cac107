using Tallystick.Api.Rendering;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Audit;

/// <summary>The entries of a project's own journal in words; no secret, nor the hash of one, is in any.</summary>
internal static class AuditWords
{
    /// <summary>What the entry is about, and what it did.</summary>
    public static (string? Subject, string Description) Of(JournalEntry entry) => entry.Body switch
    {
        EntryBody.ProjectOpened b => (b.Name, $"Project {b.Name} was opened{(b.IsTest ? " for tests" : "")}."),
        EntryBody.KeyCreated b => (
            Key(entry, entry.Number), $"{Said(b.Terms)} {b.Hint} was created{Until(b.Terms)}."),
        EntryBody.KeyRotated b => (
            Key(entry, entry.Number),
            $"{Said(b.Terms)} {b.Hint} took the place of {Replaced(entry, b)}, until {b.OldExpiresAt} at most."),
        EntryBody.KeyRevoked b => (Key(entry, b.KeyNumber), "The key was revoked."),
        EntryBody.SettingsChanged b => (
            null, $"Settings: refund_grace {Seconds(b.RefundGrace)}, max_hold_lifetime {Seconds(b.MaxHoldLifetime)}"
                + (b.DefaultTier is { } tier ? $", default_tier {tier}" : "")
                + $"{(b.Pricing is null ? "" : ", and what makes prices")}"
                + $"{(b.ReportKeys is { } keys ? $", report_keys {string.Join(' ', keys)}" : "")}"
                + $"{(b.Limits is null ? "" : ", and limits")}."),
        EntryBody.PricesRecorded b => (null, $"{b.Prices.Length} versions of prices were recorded."),
        EntryBody.UpstreamChanged b => (
            b.Name, $"Upstream {b.Name} was set{(b.KeyHint is null ? "" : $", with the key {b.KeyHint}")}."),
        EntryBody.ProjectCreated b => (b.Name, $"Project {b.Name} was created as number {b.Number}."),
        EntryBody.ProjectArchived b => (null, $"Project number {b.Number} was archived."),
        EntryBody.ProjectReactivated b => (null, $"Project number {b.Number} was reactivated."),
        EntryBody.LicensePointed b => (
            ThingId.Format(ThingId.License, entry.Chain, entry.Number),
            $"A licence key{(b.IsChosen ? " that was there before" : "")} leads to account {b.AccountId}."),
        EntryBody.IdentityProviderPut b => (
            b.Name, $"Identity provider {b.Name} was set: issuer {b.Terms.Issuer}, "
                + $"for {string.Join(", ", b.Terms.Audiences)}."),
        EntryBody.IdentityProviderRemoved b => (b.Name, $"Identity provider {b.Name} was taken away."),
        EntryBody.TierPut b => (b.Name, $"Tier {b.Name} got new terms."),
        var body => (null, body.Word + "."),
    };

    private static string Said(KeyTerms terms) =>
        $"Key {terms.Name} with role {Words.Of(terms.Role)}"
        + (terms.AccountId is { } account ? $" of account {account}" : "");

    private static string Until(KeyTerms terms) => terms.ExpiresAt is { } at ? $", until {at}" : "";

    private static string Replaced(JournalEntry entry, EntryBody.KeyRotated body) =>
        body.KeyNumber.IsNone ? "all admin keys" : Key(entry, body.KeyNumber);

    private static string Key(JournalEntry entry, ThingNumber number) =>
        ThingId.Format(ThingId.Key, entry.Chain, number);

    private static string Seconds(Core.Time.Duration time) => $"{time.Micros / 1_000_000} s";
}
