using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Engine.Identity;

namespace Tallystick.Gateway;

/// <summary>Whose credits a call spends, and by which credential.</summary>
/// <param name="Key">What entries name as their actor.</param>
internal sealed record Holder(int Project, string AccountId, ThingNumber Key)
{
    /// <summary>The licence whose key came with the call; null without one.</summary>
    public LicensePlace? License { get; init; }

    /// <summary>What budgets look at.</summary>
    public Spender SpenderOf(string model) => new()
    {
        Key = Actors.IdOf(Project, Key),
        License = License is null ? null : ThingId.Format(ThingId.License, ChainKey.OfProject(Project), License.Number),
        Model = model,
    };
}
