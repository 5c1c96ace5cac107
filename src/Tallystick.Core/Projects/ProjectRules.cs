using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>The front door of a project: state, command and time in; one entry or a refusal out. Pure.</summary>
public static class ProjectRules
{
    public static Decision Decide(ChainKey key, ProjectState? state, ProjectCommand command, Envelope envelope)
    {
        if ((state is null) != (command is ProjectCommand.OpenProject))
            return state is null ? new Rejection.NotFound("project") : new Decision.Unchanged();
        if (command is ProjectCommand.PutUpstream { SealedKey: null } same
            && state!.Upstreams.Any(upstream => upstream.Name == same.Name && upstream.Options == same.Options))
            return new Decision.Unchanged();
        if (command is ProjectCommand.OpenProject open)
            return Enter(key, null, envelope,
                [new EntryBody.ProjectOpened(open.Name),
                    .. TierBook.Standard.Select(t => new EntryBody.TierPut(t.Name, t.Terms))]);
        if (command is ProjectCommand.PutTier tier && state!.Tiers.Find(tier.Name, Instant.MaxValue) == tier.Terms)
            return new Decision.Unchanged();
        EntryBody? body = command switch
        {
            ProjectCommand.PutTier put => new EntryBody.TierPut(put.Name, put.Terms),
            ProjectCommand.CreateKey create =>
                new EntryBody.KeyCreated(create.Role, create.Name, create.Mac, create.Hint),
            ProjectCommand.RevokeKey revoke => Revoked(state!, revoke.KeyNumber),
            ProjectCommand.PutUpstream put => Put(state!, put),
            ProjectCommand.ChangeSettings change => new EntryBody.SettingsChanged(
                change.RefundGrace ?? state!.Settings.RefundGrace,
                change.MaxHoldLifetime ?? state!.Settings.MaxHoldLifetime),
            _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
        };
        if (body is null) return command is ProjectCommand.PutUpstream
            ? new Rejection.LimitExceeded("upstreams")
            : new Rejection.NotFound("key");
        return Enter(key, state, envelope, [body]);
    }

    /// <summary>One entry for each body; the last is the command's own.</summary>
    private static Decision.Accepted Enter(
        ChainKey key, ProjectState? state, Envelope envelope, IReadOnlyList<EntryBody> bodies)
    {
        var entries = ImmutableArray.CreateBuilder<SealedEntry>(bodies.Count);
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
            state = Fold(state, stored);
        }
        return new(entries.ToImmutable(), state!, []);
    }

    private static EntryBody.KeyRevoked? Revoked(ProjectState state, ThingNumber number) =>
        state.Keys.Any(key => key.Number == number) ? new(number) : null;

    private static EntryBody.UpstreamChanged? Put(ProjectState state, ProjectCommand.PutUpstream put)
    {
        var known = state.Upstreams.FirstOrDefault(upstream => upstream.Name == put.Name);
        if (known is null && state.Upstreams.Length == Upstream.CountMax) return null;
        return put.SealedKey is { } key
            ? new(put.Name, put.Options, key, put.KeyHint)
            : new(put.Name, put.Options, known?.SealedKey ?? [], known?.KeyHint);
    }

    public static ProjectState Fold(ProjectState? state, SealedEntry stored)
    {
        var entry = stored.Entry;
        InvariantBrokenException.Require(
            entry.Sequence == (state?.Sequence ?? 0) + 1, "I12",
            $"project entry {entry.Sequence} after {state?.Sequence ?? 0}");
        var next = entry.Body switch
        {
            EntryBody.ProjectOpened opened => new() { Key = entry.Chain, Name = opened.Name, CreatedAt = entry.At },
            EntryBody.KeyCreated b => state! with
            {
                Keys = state.Keys.Add(new(entry.Number, b.Role, b.Name, b.Mac, b.Hint, entry.At, null)),
            },
            EntryBody.KeyRevoked b => state! with
            {
                Keys = [.. from key in state.Keys
                           let isIt = key.Number == b.KeyNumber
                           select isIt ? key with { RevokedAt = key.RevokedAt ?? entry.At } : key],
            },
            EntryBody.SettingsChanged b => state! with { Settings = new(b.RefundGrace, b.MaxHoldLifetime) },
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
        return next with { Sequence = entry.Sequence, Head = stored.Hash, LastAt = entry.At };
    }
}
