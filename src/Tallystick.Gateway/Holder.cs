using Tallystick.Core;
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

    /// <summary>Why the licence may not spend any more; what its keys have come to is answered all the same.</summary>
    public Rejection? Refused { get; init; }

    /// <summary>Where a key may have been used: in the accounts that the licence was in, and where it is.</summary>
    public IEnumerable<string> Accounts => [.. License?.Former.Where(former => former != AccountId) ?? [], AccountId];

    /// <summary>What budgets look at.</summary>
    public Spender SpenderOf(string model) => new()
    {
        Key = Actors.IdOf(Project, Key),
        License = License is null ? null : ThingId.Format(ThingId.License, ChainKey.OfProject(Project), License.Number),
        Model = model,
    };
}
