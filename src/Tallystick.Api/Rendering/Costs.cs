using Tallystick.Contracts.Pricing;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;

namespace Tallystick.Api.Rendering;

/// <summary>What a usage cost, from what its entry keeps of it.</summary>
internal static class Costs
{
    private const string Markup = "markup", FreeTier = "free_tier";

    public static CostResponse? Of(PricedUsage? priced, int project) => priced is null ? null : Shown(priced, project);

    private static CostResponse Shown(PricedUsage priced, int project)
    {
        var cost = priced.Cost;
        return new()
        {
            ProviderCost = cost.Provider.ToAmount(),
            PlatformMarkup = cost.PlatformMarkup.ToAmount(),
            TotalCost = cost.Total.ToAmount(),
            PriceId = ThingId.Format(ThingId.Price, ChainKey.OfProject(project), cost.Price),
            PricedAt = priced.At.ToTimestamp(),
            Lines = [.. cost.Lines.Select(line => Line(line, cost.Free)), .. Added(cost)],
        };
    }

    private static CostLineResponse Line(CostLine line, FreeShare? free) => new(
        line.Unit.CountName, line.Quantity.ToNumber(), line.Rate.ToNumber(), line.Unit.Per, line.Credits.ToNumber(),
        free?[line.Unit]?.ToNumber());

    private static IEnumerable<CostLineResponse> Added(Cost cost)
    {
        if (!cost.Markup.IsZero) yield return new(Markup, null, null, null, cost.Markup.ToNumber());
        if (cost.Free is { } free) yield return new(FreeTier, null, null, null, (-free.Credits).ToNumber());
    }
}
