using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Engine.Identity;

namespace Tallystick.Engine.Limits;

/// <summary>
/// The limits of requests and tokens a minute: a key's own, those of the tier of the account whose holder calls, and
/// those of the project, which its admins' requests do not count in. A request counts when it is made; tokens when it
/// is known how many they were, so that they hold up what comes after them. Thread-safe.
/// </summary>
public sealed class CallerLimits(Ledger ledger, IRateCounts counts)
{
    /// <param name="holder">The account that the request is made for by its holder; null for a back end's own.</param>
    public async ValueTask<Admission> AdmitAsync(Principal caller, string? holder, CancellationToken cancel)
    {
        var project = await ledger.FindProjectAsync(caller.Project, cancel);
        var own = caller.Role == KeyRole.Admin ? null : project?.Settings.Limits;
        if (holder is null && caller is { RequestsPerMinute: null, TokensPerMinute: null }
            && (own is null || own == ProjectLimits.None)) return Admission.Free;
        var asked = Asked(caller, await TierAsync(project, holder, cancel), holder).Concat(Asked(caller, own)).ToList();
        if (asked.Count == 0) return Admission.Free;
        var policies = ImmutableArray.CreateBuilder<Admission.Policy>(asked.Count);
        foreach (var (thing, name, limit) in asked)
        {
            var isTokens = thing.Kind is RateKind.KeyTokens or RateKind.AccountTokens or RateKind.ProjectTokens;
            var level = await counts.TakeAsync(thing, limit, isTokens ? 0 : 1, cancel);
            policies.Add(new(name, limit, isTokens, level));
        }
        var admission = new Admission(policies.DrainToImmutable());
        if (admission.Refused is not null) GiveBack(asked, admission);
        return admission;
    }

    /// <summary>Notes the tokens of a model call.</summary>
    public void Note(Principal caller, string holder, long tokens)
    {
        if (tokens <= 0) return;
        if (caller.TokensPerMinute is not null) counts.Note(KeyThing(RateKind.KeyTokens, caller), tokens);
        counts.Note(new(RateKind.AccountTokens, caller.Project, holder), tokens);
        counts.Note(new(RateKind.ProjectTokens, caller.Project, ""), tokens);
    }

    /// <summary>What is refused by one limit has not used another.</summary>
    private void GiveBack(List<(RateThing Thing, string Name, long Limit)> asked, Admission admission)
    {
        for (var i = 0; i < asked.Count; i++)
            if (admission.Policies[i] is { IsTokens: false, Level.IsTaken: true }) counts.Note(asked[i].Thing, -1);
    }

    private static IEnumerable<(RateThing Thing, string Name, long Limit)> Asked(
        Principal caller, TierTerms? tier, string? holder)
    {
        if (caller.RequestsPerMinute is { } requests)
            yield return (KeyThing(RateKind.KeyRequests, caller), "key", requests);
        if (caller.TokensPerMinute is { } tokens)
            yield return (KeyThing(RateKind.KeyTokens, caller), "key_tokens", tokens);
        if (tier?.RequestsPerMinute is { } allRequests)
            yield return (new(RateKind.AccountRequests, caller.Project, holder!), "account", allRequests);
        if (tier?.TokensPerMinute is { } allTokens)
            yield return (new(RateKind.AccountTokens, caller.Project, holder!), "account_tokens", allTokens);
    }

    private static IEnumerable<(RateThing Thing, string Name, long Limit)> Asked(
        Principal caller, ProjectLimits? limits)
    {
        if (limits?.RequestsPerMinute is { } requests)
            yield return (new(RateKind.ProjectRequests, caller.Project, ""), "project", requests);
        if (limits?.TokensPerMinute is { } tokens)
            yield return (new(RateKind.ProjectTokens, caller.Project, ""), "project_tokens", tokens);
    }

    private static RateThing KeyThing(RateKind kind, Principal caller) =>
        new(kind, caller.Project, $"{caller.Key.Value}");

    /// <summary>The terms of the account's tier; the account is looked at only where some tier has limits.</summary>
    private async ValueTask<TierTerms?> TierAsync(ProjectState? project, string? accountId, CancellationToken cancel)
    {
        if (accountId is null || project is not { Tiers.HasRateLimits: true }) return null;
        var account = await ledger.FindAccountAsync(project.Key.Project, accountId, cancel);
        return account?.Membership is { HasTier: true } membership
            ? project.Tiers.Find(membership.Tier, ledger.Clock.Now)
            : null;
    }
}
