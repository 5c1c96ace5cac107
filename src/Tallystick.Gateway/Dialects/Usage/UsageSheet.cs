using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// Collects what a provider counted, in the ledger's units. What the provider did not say is left out; an explicit 0 is
/// 0.
/// </summary>
internal sealed class UsageSheet
{
    private readonly List<Quantity> _quantities = [];

    public UsageSheet Add(Unit unit, long? count)
    {
        if (count is { } known) _quantities.Add(new(unit, ExactDecimal.From(known)));
        return this;
    }

    public UsageSheet Add(Unit unit, ExactDecimal? quantity)
    {
        if (quantity is { } known) _quantities.Add(new(unit, known));
        return this;
    }

    public UsageSheet Add(string countName, long? count) =>
        Unit.TryFromCount(countName, out var unit) ? Add(unit, count) : this;

    public UsageSheet Add(string countName, ExactDecimal? quantity) =>
        Unit.TryFromCount(countName, out var unit) ? Add(unit, quantity) : this;

    /// <param name="model">Null: the one that the call asked for.</param>
    /// <param name="serviceTier">The provider's word for how it served the call.</param>
    public MeteredUsage ToUsage(string? model = null, string? serviceTier = null) => new()
    {
        Model = model,
        Mode = ServiceTiers.ToMode(serviceTier),
        Quantities = [.. _quantities.OrderBy(quantity => quantity.Unit, Unit.Order)],
    };
}
