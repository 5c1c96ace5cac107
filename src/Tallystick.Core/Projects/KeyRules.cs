using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>Keys as the project decides and folds them.</summary>
internal static class KeyRules
{
    public static Rejection? Refused(ProjectState state, ProjectCommand.CreateKey create, Instant at)
    {
        if (create.Terms.ExpiresAt <= at) return new Rejection.InvalidTime("expires_at", "must lie in the future");
        return HasRoom(state, at) ? null : new Rejection.LimitExceeded("keys");
    }

    public static Rejection? Refused(ProjectState state, ProjectCommand.RotateKey rotate, Instant at)
    {
        var old = Find(state, rotate.KeyNumber);
        if (old is null && !rotate.KeyNumber.IsNone) return new Rejection.NotFound("key");
        if (old?.IsLiveAt(at) == false) return new Rejection.ProjectConflict("the key has expired");
        if (old?.ReplacedBy.IsNone == false) return new Rejection.ProjectConflict("the key has been rotated already");
        if (rotate.Terms.ExpiresAt <= at) return new Rejection.InvalidTime("expires_at", "must lie in the future");
        if (rotate is { KeepsLasting: true, Terms.ExpiresAt: not null } && old is not null
            && RefusedEnd(state, old, at) is { } last) return last;
        return HasRoom(state, at) ? null : new Rejection.LimitExceeded("keys");
    }

    public static Rejection? Refused(ProjectState state, ProjectCommand.RevokeKey revoke, Instant at) =>
        Find(state, revoke.KeyNumber) is { } key ? RefusedEnd(state, key, at) : new Rejection.NotFound("key");

    /// <summary>Without an admin key that goes on, nobody could make another.</summary>
    private static Rejection? RefusedEnd(ProjectState state, ApiKey key, Instant at)
    {
        var others = state.Keys.Where(other => other.Number != key.Number);
        return IsLasting(key, at) && !others.Any(other => IsLasting(other, at))
            ? new Rejection.ProjectConflict("it is the last admin key that does not expire")
            : null;
    }

    public static (ProjectState State, ImmutableArray<ChainRecord> Over) Create(
        ProjectState state, JournalEntry entry, EntryBody.KeyCreated body) =>
        WithoutOver(state with { Keys = state.Keys.Add(New(entry, body.Terms, body.Mac, body.Hint)) }, entry.At);

    public static (ProjectState State, ImmutableArray<ChainRecord> Over) Rotate(
        ProjectState state, JournalEntry entry, EntryBody.KeyRotated body) =>
        WithoutOver(
            state with
            {
                Keys =
                [
                    .. state.Keys.Select(key => IsReplaced(key, body) ? Replaced(key, entry, body) : key),
                    New(entry, body.Terms, body.Mac, body.Hint),
                ],
            },
            entry.At);

    public static (ProjectState State, ImmutableArray<ChainRecord> Over) Revoke(
        ProjectState state, JournalEntry entry, EntryBody.KeyRevoked body) =>
        WithoutOver(
            state with
            {
                Keys =
                [
                    .. from key in state.Keys
                       select key.Number == body.KeyNumber ? key with { RevokedAt = entry.At } : key,
                ],
            },
            entry.At);

    private static bool IsReplaced(ApiKey key, EntryBody.KeyRotated body) =>
        body.KeyNumber.IsNone ? key.Terms.Role == KeyRole.Admin : key.Number == body.KeyNumber;

    private static ApiKey Replaced(ApiKey key, JournalEntry entry, EntryBody.KeyRotated body) => key with
    {
        ReplacedBy = entry.Number,
        Terms = key.Terms with { ExpiresAt = Instant.Min(key.Terms.ExpiresAt ?? Instant.MaxValue, body.OldExpiresAt) },
    };

    private static ApiKey New(JournalEntry entry, KeyTerms terms, ImmutableArray<byte> mac, string hint) =>
        new() { Number = entry.Number, Terms = terms, Mac = mac, Hint = hint, CreatedAt = entry.At };

    /// <summary>What has expired since the last change leaves the state with this one.</summary>
    private static (ProjectState, ImmutableArray<ChainRecord>) WithoutOver(ProjectState state, Instant at) =>
        (state with { Keys = [.. state.Keys.Where(key => key.IsLiveAt(at))] },
            [.. state.Keys.Where(key => !key.IsLiveAt(at))]);

    private static ApiKey? Find(ProjectState state, ThingNumber number) =>
        state.Keys.FirstOrDefault(key => key.Number == number);

    private static bool HasRoom(ProjectState state, Instant at) =>
        state.Keys.Count(key => key.IsLiveAt(at)) < ApiKey.LiveMax;

    private static bool IsLasting(ApiKey key, Instant at) =>
        key is { Terms: { Role: KeyRole.Admin, ExpiresAt: null }, RevokedAt: null } && key.IsLiveAt(at);
}
