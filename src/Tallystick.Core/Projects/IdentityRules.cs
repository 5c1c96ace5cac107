using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>Identity providers as the project decides and folds them.</summary>
internal static class IdentityRules
{
    public static bool IsSo(ProjectState state, ProjectCommand.PutIdentityProvider put) =>
        Find(state, put.Name)?.Terms == put.Terms;

    public static Rejection? Refused(ProjectState state, ProjectCommand.PutIdentityProvider put, Instant at)
    {
        if (put.Terms.Tier is { } tier && state.Tiers.Find(tier, at) is null)
            return new Rejection.InvalidField("tier", "there is no such tier");
        var others = state.IdentityProviders.Where(other => other.Name != put.Name).ToList();
        if (others.Exists(other => MayMeet(other.Terms, put.Terms)))
            return new Rejection.ProjectConflict(
                "another issuer's subjects would have the same account ids: give one of them another account_prefix");
        return others.Count < IdentityProvider.CountMax ? null : new Rejection.LimitExceeded("identity providers");
    }

    public static Rejection? Refused(ProjectState state, ProjectCommand.RemoveIdentityProvider remove) =>
        Find(state, remove.Name) is null ? new Rejection.NotFound("identity provider") : null;

    public static ProjectState Fold(ProjectState state, JournalEntry entry, EntryBody.IdentityProviderPut body)
    {
        var number = Find(state, body.Name)?.Number ?? entry.Number;
        return state with
        {
            IdentityProviders =
            [
                .. state.IdentityProviders.Where(other => other.Name != body.Name),
                new(number, body.Name, body.Terms, entry.At),
            ],
        };
    }

    public static ProjectState Fold(ProjectState state, EntryBody.IdentityProviderRemoved body) => state with
    {
        IdentityProviders = [.. state.IdentityProviders.Where(other => other.Name != body.Name)],
    };

    /// <summary>Whom one of them calls by a name, the other may call by it, too, and mean somebody else.</summary>
    private static bool MayMeet(IdentityTerms one, IdentityTerms other) =>
        one.AccountPrefix == other.AccountPrefix
        && (one.Issuer != other.Issuer || one.SubjectClaim != other.SubjectClaim);

    private static IdentityProvider? Find(ProjectState state, string name) =>
        state.IdentityProviders.FirstOrDefault(provider => provider.Name == name);
}
