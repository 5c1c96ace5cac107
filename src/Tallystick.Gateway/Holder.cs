using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Engine.Identity;

namespace Tallystick.Gateway;

/// <summary>Whose credits a call spends, and by which credential.</summary>
internal sealed record Holder(Principal Caller, string AccountId)
{
    public int Project => Caller.Project;

    /// <summary>What entries name as their actor.</summary>
    public ThingNumber Key => Caller.Key;

    /// <summary>The licence whose key came with the call; null without one.</summary>
    public LicensePlace? License => Caller.License;

    /// <summary>What budgets look at.</summary>
    public Spender SpenderOf(string model) => new()
    {
        Key = Actors.IdOf(Project, Key),
        License = License is null ? null : ThingId.Format(ThingId.License, ChainKey.OfProject(Project), License.Number),
        Model = model,
    };
}
