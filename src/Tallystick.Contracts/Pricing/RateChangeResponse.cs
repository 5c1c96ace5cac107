using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Pricing;

/// <summary>One figure of a price, before and after.</summary>
/// <param name="Rate">
/// <c>input</c>, <c>above_200000.input</c>, <c>batch.output</c>, <c>batch.factor</c>, <c>windows.1.input</c>,
/// <c>regions.eu</c>, <c>markup.percent</c>.
/// </param>
/// <param name="Before">Null: there was none.</param>
/// <param name="After">Null: there is none any more.</param>
/// <param name="Percent">By how much it rises or falls, to two decimals; null without two figures to compare.</param>
public sealed record RateChangeResponse(string Rate, ExactNumber? Before, ExactNumber? After, ExactNumber? Percent);
