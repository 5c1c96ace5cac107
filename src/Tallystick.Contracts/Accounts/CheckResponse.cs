using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

/// <summary>The answer a charge or hold would be decided by. Nothing is set aside.</summary>
public sealed record CheckResponse
{
    public required bool Allowed { get; init; }
    public required Amount Required { get; init; }
    public required Amount Available { get; init; }

    /// <summary>What refuses: <c>balance</c>, or the account's state; null when it is allowed.</summary>
    public string? LimitSource { get; init; }

    /// <summary>The code that a charge would be refused with; null when it is allowed.</summary>
    public string? Code { get; init; }
    public required Amount AffordableAmount { get; init; }
}
