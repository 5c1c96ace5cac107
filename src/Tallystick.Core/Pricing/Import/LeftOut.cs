namespace Tallystick.Core.Pricing.Import;

/// <param name="Entry">The table's own name of it.</param>
/// <param name="Part">The member that was not taken; all of it where it is empty.</param>
public sealed record LeftOut(string Entry, string Part, string Reason);
