namespace Tallystick.Core.Journal;

/// <summary>A claim that a token must carry.</summary>
/// <param name="Value">As text: of a string its characters, of a number or a truth value its JSON.</param>
public sealed record RequiredClaim(string Name, string Value);
