using Tallystick.Core;

namespace Tallystick.Engine.Identity;

/// <summary>What a credential comes to: who calls, and why it is refused if it is; nobody for an unknown one.</summary>
public readonly record struct Bearer(Principal? Principal, Rejection? Refused)
{
    /// <summary>Too many have failed from there: it was not looked at, and is not for so long.</summary>
    public TimeSpan? HeldUp { get; init; }
}
