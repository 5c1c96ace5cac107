using System.Text.Json;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Grants;
using Tallystick.Contracts.Tiers;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine;

namespace Tallystick.Api.Rendering;

/// <summary>Things as they are now, from the state.</summary>
internal static class Things
{
    /// <summary>With its profile, which is not in the state.</summary>
    public static async ValueTask<AccountResponse> AccountAsync(
        Ledger ledger, AccountState state, CancellationToken cancel) =>
        Account(state, await ledger.ProfileAsync(state, cancel));

    private static AccountResponse Account(AccountState state, Profile profile) => new()
    {
        AccountId = state.AccountId,
        Status = Words.Of(state.Status),
        Name = profile.Name,
        Email = profile.Email,
        Metadata = profile.Metadata is { } json ? JsonElement.Parse(json) : null,
        OverdraftLimit = state.Terms.OverdraftLimit.ToAmount(),
        MonthlyCap = state.Terms.MonthlyCap?.ToAmount(),
        TimeZone = state.Terms.TimeZone,
        Tier = Tier(state),
        NextTier = state.Membership?.NextTier,
        CreatedAt = state.CreatedAt.ToTimestamp(),
        UpdatedAt = state.LastAt.ToTimestamp(),
    };

    private static string? Tier(AccountState state) =>
        state.Membership is { HasTier: true } membership ? membership.Tier : null;

    /// <param name="at">The state must have been settled up to here.</param>
    public static BalanceResponse Balance(AccountState state, TierBook tiers, Instant at)
    {
        var spendable = state.Grants.Where(grant => grant.Remaining.IsPositive || grant.Held.IsPositive).ToList();
        return new()
        {
            AccountId = state.AccountId,
            Status = Words.Of(state.Status),
            Balance = state.Balance.ToAmount(),
            Held = state.Held.ToAmount(),
            Available = state.Available.ToAmount(),
            Debt = state.Owed.ToAmount(),
            OverdraftLimit = state.Terms.OverdraftLimit.ToAmount(),
            Tier = Tier(state),
            AllocatedMonthly = (state.Membership?.Allocated ?? default).ToAmount(),
            FreeTierUsed = (state.Membership?.FreeCredits ?? default).ToAmount(),
            FreeTier = FreeTier(state, tiers, at),
            ResetDate = state.Membership?.PeriodStart.ToTimestamp(),
            NextResetAt = state.Membership?.PeriodEnd.ToTimestamp(),
            Buckets =
            [
                .. from grant in spendable
                   group grant by grant.Bucket into bucket
                   select new BucketBalance(
                       bucket.Key,
                       new(bucket.Sum(grant => grant.Remaining.Micros)),
                       new(bucket.Sum(grant => grant.Held.Micros))),
            ],
            Grants = [.. state.Grants.Select(grant => Line(state.Key, grant, at))],
            ExpiringNext = ExpiringNext(spendable),
            AsOf = at.ToTimestamp(),
        };
    }

    public static FreeTierUse? FreeTier(AccountState state, TierBook tiers, Instant at)
    {
        if (state.FreeLeft(tiers, at) is not { } left) return null;
        var used = state.Membership!.FreeUsed;
        return new(used.Requests, left.Requests, used.Tokens, left.Tokens);
    }

    private static GrantBalance Line(ChainKey chain, Grant grant, Instant at) => new(
        ThingId.Format(ThingId.Grant, chain, grant.Number), grant.Bucket, Words.Of(grant.GrantKind), grant.Priority,
        Words.Of(grant.StatusAt(at)), grant.Remaining.ToAmount(), grant.Held.ToAmount(),
        grant.EffectiveAt.ToTimestamp(), grant.ExpiresAt?.ToTimestamp());

    private static ExpiringNext? ExpiringNext(List<Grant> spendable)
    {
        var expiring = spendable.Where(grant => grant.ExpiresAt is not null && grant.Remaining.IsPositive).ToList();
        if (expiring.Count == 0) return null;
        var at = expiring.Min(grant => grant.ExpiresAt!.Value.Micros);
        var next = expiring.Where(grant => grant.ExpiresAt!.Value.Micros == at);
        return new(new(next.Sum(grant => grant.Remaining.Micros)), new(at));
    }

    public static GrantResponse Grant(AccountState state, Grant grant, Instant at) => new()
    {
        Id = ThingId.Format(ThingId.Grant, state.Key, grant.Number),
        AccountId = state.AccountId,
        Status = Words.Of(grant.StatusAt(at)),
        Amount = grant.Amount.ToAmount(),
        Bucket = grant.Bucket,
        Kind = Words.Of(grant.GrantKind),
        Priority = grant.Priority,
        EffectiveAt = grant.EffectiveAt.ToTimestamp(),
        ExpiresAt = grant.ExpiresAt?.ToTimestamp(),
        CostBasis = grant.CostBasis,
        ReferenceId = grant.ReferenceId,
        Tier = grant.Tier,
        Reason = Words.Of(grant.Reason),
        SourceGrantId = grant.Source.IsNone ? null : ThingId.Format(ThingId.Grant, state.Key, grant.Source),
        Remaining = grant.Remaining.ToAmount(),
        Held = grant.Held.ToAmount(),
        Used = grant.Used.ToAmount(),
        Expired = grant.Expired.ToAmount(),
        Voided = grant.Voided.ToAmount(),
        CreatedAt = grant.CreatedAt.ToTimestamp(),
    };
}
