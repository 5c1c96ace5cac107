using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Rerating;

/// <summary>What pricing charges again came to.</summary>
public record RerateFigures
{
    /// <summary>Charges of the period that were priced from a usage.</summary>
    public required long Examined { get; init; }
    public required long Corrected { get; init; }

    /// <summary>What was charged further, and what was given back.</summary>
    public required Amount Charged { get; init; }
    public required Amount Returned { get; init; }

    /// <summary>By how much the providers' part rose; negative where it fell.</summary>
    public required Amount ProviderCostChange { get; init; }

    /// <summary>Charges of another price of which refunds had given back all: they stay as they are.</summary>
    public required long AllRefunded { get; init; }

    /// <summary>Charges of the period that were given as an amount: no price can correct them.</summary>
    public required long ByAmount { get; init; }
}
