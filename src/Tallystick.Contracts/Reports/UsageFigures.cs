using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Reports;

/// <summary>What was used and what it cost; zeros where there was nothing.</summary>
public record UsageFigures
{
    /// <summary>Charges, captures and usage events.</summary>
    public required long TotalEvents { get; init; }

    /// <summary>Input and output.</summary>
    public required long TotalTokens { get; init; }

    /// <summary>What was charged, less what was refunded in the period; below zero where that was more.</summary>
    public required Amount TotalCost { get; init; }

    /// <summary>What the providers were paid, as priced; refunds do not lessen it.</summary>
    public required Amount ProviderCost { get; init; }

    /// <summary>Total less provider cost.</summary>
    public required Amount PlatformMarkup { get; init; }

    /// <summary>What was given back, on the day on which it was.</summary>
    public required Amount Refunded { get; init; }

    /// <summary>Events that cost the account nothing.</summary>
    public required long FreeTierEvents { get; init; }

    /// <summary>All others.</summary>
    public required long PaidTierEvents { get; init; }
    public required long InputTokens { get; init; }
    public required long OutputTokens { get; init; }

    /// <summary>Of the input.</summary>
    public required long CacheReadTokens { get; init; }

    /// <summary>Of the input.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>Of the output.</summary>
    public required long ReasoningTokens { get; init; }
}
