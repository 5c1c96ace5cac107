using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Transactions;

/// <summary>What an account had at one point of its journal.</summary>
public sealed record FiguresResponse(Amount Balance, Amount Held, Amount Available, Amount Debt);
