namespace Tallystick.Contracts.Pricing;

/// <summary>Part of an imported table that was not taken.</summary>
/// <param name="Entry">The table's own name of it.</param>
/// <param name="Member">Null: all of the entry.</param>
public sealed record LeftOutResponse(string Entry, string? Member, string Reason);
