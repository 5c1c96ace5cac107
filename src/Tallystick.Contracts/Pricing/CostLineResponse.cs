using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>Part of a cost.</summary>
/// <param name="Unit">The count: <c>input_tokens</c>, <c>images</c>; <c>markup</c> for multipliers and markup.</param>
/// <param name="Quantity">Without what other lines count of it; null for the markup.</param>
/// <param name="Rate">Dollars for <paramref name="Per"/> of it.</param>
/// <param name="Cost">Credits, exact.</param>
public sealed record CostLineResponse(
    string Unit, ExactNumber? Quantity, ExactNumber? Rate, long? Per, ExactNumber Cost);
