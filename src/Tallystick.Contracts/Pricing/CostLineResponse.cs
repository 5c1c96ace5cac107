using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>Part of a cost.</summary>
/// <param name="Unit">
/// The count: <c>input_tokens</c>, <c>images</c>; <c>markup</c> for multipliers and markup; <c>free_tier</c> for what
/// the account's free tier takes over, below zero.
/// </param>
/// <param name="Quantity">Without what other lines count of it; null for the markup.</param>
/// <param name="Rate">Dollars for <paramref name="Per"/> of it.</param>
/// <param name="Cost">Credits, exact.</param>
/// <param name="FreeQuantity">How much of the quantity is inside the free tier; null for none.</param>
public sealed record CostLineResponse(
    string Unit, ExactNumber? Quantity, ExactNumber? Rate, long? Per, ExactNumber Cost,
    ExactNumber? FreeQuantity = null);
