using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>The front door of a project: state, command and time in; one entry or a refusal out. Pure.</summary>
public static class ProjectRules
{
    public static Decision Decide(ChainKey key, ProjectState? state, ProjectCommand command, Envelope envelope)
    {
        if (state is null)
            return command is ProjectCommand.OpenProject open
                ? Enter(key, null, envelope, Opening(open))
                : new Rejection.NotFound("project");
        if (IsSo(state, command)) return new Decision.Unchanged();
        if (Refused(state, command, Instant.Max(envelope.Now, state.LastAt)) is { } refused) return refused;
        if (command is ProjectCommand.PutPrices prices) return Record(key, state, prices, envelope);
        EntryBody body = command switch
        {
            ProjectCommand.ChangeSettings change => PricingChanges.Change(state, change)!,
            ProjectCommand.PutTier put => new EntryBody.TierPut(put.Name, put.Terms),
            ProjectCommand.CreateKey create => new EntryBody.KeyCreated(create.Terms, create.Mac, create.Hint),
            ProjectCommand.RotateKey rotate => new EntryBody.KeyRotated(
                rotate.KeyNumber, rotate.Terms, rotate.Mac, rotate.Hint, rotate.OldExpiresAt),
            ProjectCommand.RevokeKey revoke => new EntryBody.KeyRevoked(revoke.KeyNumber),
            ProjectCommand.PutUpstream put => Put(state, put),
            ProjectCommand.PointLicense point => new EntryBody.LicensePointed(
                point.Mac, point.AccountId, point.IsChosen),
            ProjectCommand.PutIdentityProvider put => new EntryBody.IdentityProviderPut(put.Name, put.Terms),
            ProjectCommand.RemoveIdentityProvider remove => new EntryBody.IdentityProviderRemoved(remove.Name),
            ProjectCommand.CreateProject create => RegisterRules.Created(state, create),
            ProjectCommand.ArchiveProject archive => new EntryBody.ProjectArchived(archive.Number),
            ProjectCommand.ReactivateProject reactivate => new EntryBody.ProjectReactivated(reactivate.Number),
            _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
        };
        return Enter(key, state, envelope, [body]);
    }

    private static Decision Record(
        ChainKey key, ProjectState state, ProjectCommand.PutPrices command, Envelope envelope)
    {
        if (PricingChanges.Record(state, command, envelope, out var versions) is { } rejection) return rejection;
        return versions.IsEmpty
            ? new Decision.Unchanged()
            : Enter(key, state, envelope, [new EntryBody.PricesRecorded(versions)]);
    }

    private static IReadOnlyList<EntryBody> Opening(ProjectCommand.OpenProject open) =>
    [
        new EntryBody.ProjectOpened(open.Name, open.IsTest),
        .. TierBook.Standard.Select(tier => new EntryBody.TierPut(tier.Name, tier.Terms)),
    ];

    /// <summary>Already as the command wants it: nothing to enter.</summary>
    private static bool IsSo(ProjectState state, ProjectCommand command) => command switch
    {
        ProjectCommand.OpenProject => true,
        ProjectCommand.ArchiveProject archive => RegisterRules.IsArchived(state, archive.Number),
        ProjectCommand.ReactivateProject reactivate => !RegisterRules.IsArchived(state, reactivate.Number)
            && RegisterRules.Refused(state, reactivate.Number) is null,
        ProjectCommand.ChangeSettings change => PricingChanges.Change(state, change) is null,
        ProjectCommand.PutTier put => state.Tiers.Find(put.Name, Instant.MaxValue) == put.Terms,
        ProjectCommand.PutIdentityProvider put => IdentityRules.IsSo(state, put),
        ProjectCommand.PutUpstream { SealedKey: null } put =>
            state.Upstreams.Any(upstream => upstream.Name == put.Name && upstream.Options == put.Options),
        _ => false,
    };

    /// <summary>One entry for each body; the last is the command's own.</summary>
    private static Decision.Accepted Enter(
        ChainKey key, ProjectState? state, Envelope envelope, IReadOnlyList<EntryBody> bodies)
    {
        var entries = ImmutableArray.CreateBuilder<SealedEntry>(bodies.Count);
        var over = new List<ChainRecord>();
        var at = Instant.Max(envelope.Now, state?.LastAt ?? default);
        for (var i = 0; i < bodies.Count; i++)
        {
            var isLast = i == bodies.Count - 1;
            var entry = new JournalEntry
            {
                Chain = key, Sequence = (state?.Sequence ?? 0) + 1, At = at, Body = bodies[i],
                Origin = isLast ? envelope.Origin : envelope.Origin is { } origin ? origin with { Key = null } : null,
            };
            var bytes = EntryCodec.Encode(entry);
            var stored = new SealedEntry(entry, bytes, HashChain.Next(bytes, state?.Head ?? HashChain.Genesis));
            entries.Add(stored);
            (state, var left) = Fold(state, stored);
            over.AddRange(left);
        }
        return new(entries.ToImmutable(), state!, over);
    }

    private static Rejection? Refused(ProjectState state, ProjectCommand command, Instant at) => command switch
    {
        ProjectCommand.CreateKey create => KeyRules.Refused(state, create, at),
        ProjectCommand.RotateKey rotate => KeyRules.Refused(state, rotate, at),
        ProjectCommand.RevokeKey revoke => KeyRules.Refused(state, revoke, at),
        ProjectCommand.CreateProject create => RegisterRules.Refused(state, create),
        ProjectCommand.ArchiveProject archive => RegisterRules.Refused(state, archive.Number),
        ProjectCommand.ReactivateProject reactivate => RegisterRules.Refused(state, reactivate.Number),
        ProjectCommand.ChangeSettings { DefaultTier: { } tier } when state.Tiers.Find(tier, at) is null =>
            new Rejection.InvalidField("default_tier", "there is no such tier"),
        ProjectCommand.ChangeSettings change when PricingChanges.After(state, change) is { } pricing =>
            PriceCheck.Of(pricing),
        ProjectCommand.PutIdentityProvider put => IdentityRules.Refused(state, put, at),
        ProjectCommand.RemoveIdentityProvider remove => IdentityRules.Refused(state, remove),
        ProjectCommand.PutUpstream put when state.Upstreams.Length == Upstream.CountMax
            && state.Upstreams.All(upstream => upstream.Name != put.Name) => new Rejection.LimitExceeded("upstreams"),
        _ => null,
    };

    private static EntryBody.UpstreamChanged Put(ProjectState state, ProjectCommand.PutUpstream put)
    {
        var known = state.Upstreams.FirstOrDefault(upstream => upstream.Name == put.Name);
        return put.SealedKey is { } key
            ? new(put.Name, put.Options, key, put.KeyHint)
            : new(put.Name, put.Options, known?.SealedKey ?? [], known?.KeyHint);
    }

    /// <summary>The state after the entry, and what has left it.</summary>
    public static (ProjectState State, ImmutableArray<ChainRecord> Over) Fold(ProjectState? state, SealedEntry stored)
    {
        var entry = stored.Entry;
        InvariantBrokenException.Require(
            entry.Sequence == (state?.Sequence ?? 0) + 1, "I12",
            $"project entry {entry.Sequence} after {state?.Sequence ?? 0}");
        var (next, over) = entry.Body switch
        {
            EntryBody.KeyCreated b => KeyRules.Create(state!, entry, b),
            EntryBody.KeyRotated b => KeyRules.Rotate(state!, entry, b),
            EntryBody.KeyRevoked b => KeyRules.Revoke(state!, entry, b),
            _ => (Next(state, entry), []),
        };
        return (next with { Sequence = entry.Sequence, Head = stored.Hash, LastAt = entry.At }, over);
    }

    private static ProjectState Next(ProjectState? state, JournalEntry entry) => entry.Body switch
    {
        EntryBody.ProjectOpened b =>
            new() { Key = entry.Chain, Name = b.Name, IsTest = b.IsTest, CreatedAt = entry.At },
        EntryBody.LicensePointed b => b.IsChosen ? state! with { HasChosenLicenseKeys = true } : state!,
        EntryBody.ProjectCreated b => RegisterRules.Fold(state!, entry, b),
        EntryBody.ProjectArchived b => RegisterRules.Fold(state!, entry, b.Number, isArchived: true),
        EntryBody.ProjectReactivated b => RegisterRules.Fold(state!, entry, b.Number, isArchived: false),
        EntryBody.SettingsChanged b => state! with
        {
            Settings = new(b.RefundGrace, b.MaxHoldLifetime)
            {
                Pricing = b.Pricing ?? state.Settings.Pricing,
                DefaultTier = b.DefaultTier ?? state.Settings.DefaultTier,
                ReportKeys = b.ReportKeys ?? state.Settings.ReportKeys,
                Limits = b.Limits ?? state.Settings.Limits,
            },
            PricingEntries = b.Pricing is null ? state.PricingEntries : state.PricingEntries.Add(entry.Sequence),
        },
        EntryBody.PricesRecorded => state! with { PricingEntries = state.PricingEntries.Add(entry.Sequence) },
        EntryBody.IdentityProviderPut b => IdentityRules.Fold(state!, entry, b),
        EntryBody.IdentityProviderRemoved b => IdentityRules.Fold(state!, b),
        EntryBody.TierPut b => state! with { Tiers = state.Tiers.With(new(b.Name, entry.At, b.Terms)) },
        EntryBody.UpstreamChanged b => state! with
        {
            Upstreams =
            [
                .. state.Upstreams.Where(upstream => upstream.Name != b.Name),
                new(b.Name, b.Options, b.SealedKey, b.KeyHint, entry.At),
            ],
        },
        _ => throw new JournalCorruptException($"{entry.Body.Word} in a project's chain"),
    };
}
