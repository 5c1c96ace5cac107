namespace Tallystick.Api.Tests.Reports;

/// <summary>What a report should make of one entry, as the journal shows it; amounts in millionths.</summary>
internal sealed record BookedEntry
{
    public required string Account { get; init; }
    public required string Kind { get; init; }
    public required string Subject { get; init; }
    public required DateTimeOffset Recorded { get; init; }

    /// <summary>When what it is about happened.</summary>
    public required DateTimeOffset Used { get; init; }
    public string? Model { get; init; }
    public string? Service { get; init; }
    public string? Team { get; init; }
    public bool IsEvent { get; init; }
    public long Tokens { get; init; }
    public long Output { get; init; }
    public long Charged { get; init; }
    public long Provider { get; init; }
    public long Refunded { get; init; }

    /// <summary>What it comes to by the price that stands.</summary>
    public long Standing { get; init; }
    public long BalanceChange { get; init; }
    public long BalanceAfter { get; init; }
}
