using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>Changes of prices and settings: what says nothing new enters nothing.</summary>
internal static class PricingChanges
{
    /// <param name="versions">The versions to record; empty where the book says so already.</param>
    public static Rejection? Record(
        ProjectState state, ProjectCommand.PutPrices command, Envelope envelope, out ImmutableArray<Price> versions) =>
        PriceRules.ToRecord(
            envelope.Prices, command.Prices, Instant.Max(envelope.Now, state.LastAt), out versions);

    /// <summary>The pricing settings as they are afterwards; null where the command says nothing of them.</summary>
    public static PricingSettings? After(ProjectState state, ProjectCommand.ChangeSettings change) =>
        change.Pricing?.Of(state.Settings.Pricing);

    /// <summary>The settings as they are afterwards; null where nothing changes.</summary>
    public static EntryBody.SettingsChanged? Change(ProjectState state, ProjectCommand.ChangeSettings change)
    {
        var (present, pricing) = (state.Settings, After(state, change));
        var body = new EntryBody.SettingsChanged(
            change.RefundGrace ?? present.RefundGrace, change.MaxHoldLifetime ?? present.MaxHoldLifetime)
        {
            Pricing = pricing == present.Pricing ? null : pricing,
            DefaultTier = change.DefaultTier == present.DefaultTier ? null : change.DefaultTier,
            ReportKeys = change.ReportKeys is { } keys && !keys.SequenceEqual(present.ReportKeys) ? keys : null,
            Limits = change.Limits == present.Limits ? null : change.Limits,
        };
        var isSame = body is { Pricing: null, DefaultTier: null, ReportKeys: null, Limits: null }
            && (body.RefundGrace, body.MaxHoldLifetime) == (present.RefundGrace, present.MaxHoldLifetime);
        return isSame ? null : body;
    }
}
