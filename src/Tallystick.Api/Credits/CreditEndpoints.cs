using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Api.Tiers;
using Tallystick.Contracts.Credits;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Api.Credits;

/// <summary>What an account's holder sees of it.</summary>
internal static class CreditEndpoints
{
    public static readonly ApiRoute Balance = ApiRoute.Get(
        Roles.Holder, "/api/v1/credits/balance", "What you have", typeof(CreditBalanceResponse), async call =>
        {
            var state = await call.HolderAsync();
            var answer = Render(state, await call.TiersAsync(), call.Ledger.TimeOf(state));
            await call.AnswerAsync(answer, ContractsJson.Default.CreditBalanceResponse);
        }) with
    {
        Query = ["account_id"],
    };

    public static readonly ApiRoute Tiers = ApiRoute.Get(
        Roles.Holder, "/api/v1/credits/tiers/compare", "All tiers beside each other", typeof(TierComparisonResponse),
        async call =>
        {
            var state = await call.HolderAsync();
            var current = state.Membership is { HasTier: true } membership ? membership.Tier : null;
            await call.AnswerAsync(
                new(current, [.. (await call.TiersAsync()).Latest().Select(TierForm.Write)]),
                ContractsJson.Default.TierComparisonResponse);
        }) with
    {
        Query = ["account_id"],
    };

    private static CreditBalanceResponse Render(AccountState state, TierBook tiers, Instant at) => new()
    {
        UserId = state.AccountId,
        Balance = state.Available.ToAmount(),
        AllocatedMonthly = (state.Membership?.Allocated ?? default).ToAmount(),
        BonusCredits = new(state.Grants.Where(grant => grant.GrantKind is GrantKind.Promotional or GrantKind.Bonus)
            .Sum(grant => grant.Remaining.Micros)),
        FreeTierUsed = (state.Membership?.FreeCredits ?? default).ToAmount(),
        FreeTier = Things.FreeTier(state, tiers, at),
        ResetDate = state.Membership?.PeriodStart.ToTimestamp(),
        LastUpdated = state.LastAt.ToTimestamp(),
        Tier = state.Membership is { HasTier: true } membership ? membership.Tier : null,
        CreatedAt = state.CreatedAt.ToTimestamp(),
    };
}
