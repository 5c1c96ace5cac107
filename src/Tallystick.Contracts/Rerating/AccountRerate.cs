namespace Tallystick.Contracts.Rerating;

/// <summary>What pricing its charges again came to for one account.</summary>
public sealed record AccountRerate : RerateFigures
{
    public required string AccountId { get; init; }
}
