using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;

namespace Tallystick.Contracts.Accounts;

/// <summary>The answer a charge or hold would be decided by. Nothing is set aside.</summary>
public sealed record CheckResponse
{
    public required bool Allowed { get; init; }
    public required Amount Required { get; init; }
    public required Amount Available { get; init; }

    /// <summary>
    /// The first that refuses: <c>balance</c>, <c>monthly_cap</c> or <c>budget:</c> with its id; null where none does.
    /// </summary>
    public string? LimitSource { get; init; }

    /// <summary>What the tightest of cap and budgets leaves; null where there is none.</summary>
    public Amount? LimitAvailable { get; init; }

    /// <summary>The code that a charge would be refused with; null when it is allowed.</summary>
    public string? Code { get; init; }
    public required Amount AffordableAmount { get; init; }

    /// <summary>For a usage: the most output tokens beside the rest of it; null where they cost nothing.</summary>
    public long? AffordableMaxTokens { get; init; }

    /// <summary>For a usage: how it came to what is required.</summary>
    public CostResponse? Cost { get; init; }
}
