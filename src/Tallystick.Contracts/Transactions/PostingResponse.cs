using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Transactions;

/// <summary>
/// One side of a double entry: an amount in a pool of a grant, or (no grant) of the account. All sum to zero.
/// </summary>
public sealed record PostingResponse(string? GrantId, string Pool, Amount Amount);
