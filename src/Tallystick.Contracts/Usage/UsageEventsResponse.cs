namespace Tallystick.Contracts.Usage;

/// <summary>One result for each event, in the order given.</summary>
public sealed record UsageEventsResponse
{
    public required int Accepted { get; init; }
    public required int Duplicates { get; init; }
    public required int Rejected { get; init; }
    public required IReadOnlyList<UsageEventResult> Results { get; init; }
}
