using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

/// <summary>What says that an account's free text has been erased.</summary>
public sealed record ErasureResponse
{
    public required string AccountId { get; init; }

    /// <summary>The entry in the journal; free text that came before it is gone.</summary>
    public required string TransactionId { get; init; }
    public required Timestamp CreatedAt { get; init; }
}
