namespace Tallystick.Core.Accounts;

/// <summary>Who the account is, for people; free text, kept beside the chain.</summary>
/// <param name="Metadata">A JSON object in canonical form.</param>
public sealed record Profile(string? Name, string? Email, string? Metadata)
{
    public static readonly Profile Empty = new(null, null, null);

    /// <summary>What is given in the changes replaces what there is.</summary>
    public Profile With(Profile changes) =>
        new(changes.Name ?? Name, changes.Email ?? Email, changes.Metadata ?? Metadata);
}
