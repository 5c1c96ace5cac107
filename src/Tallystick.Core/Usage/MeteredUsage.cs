using System.Collections.Immutable;
using Tallystick.Core.Money;

namespace Tallystick.Core.Usage;

/// <summary>
/// What was consumed, as it was counted: the shape <em>usage</em> of the API. Input includes what was read from and
/// written to a cache, audio, images and video; output includes reasoning; <c>cache_write</c> includes
/// <c>cache_write_1h</c>.
/// </summary>
public sealed record MeteredUsage
{
    /// <summary>A bound on one count, far above anything physical and far below what sums could overflow.</summary>
    public const long CountMax = 1_000_000_000_000_000;
    public const int NameLengthMax = 256;
    public const int UnitsMax = 50;
    private const int FractionDigitsMax = 12;

    public string? Provider { get; init; }
    public string? Model { get; init; }
    public string? Service { get; init; }
    public string? EventType { get; init; }

    /// <summary>Where it was processed, for prices that depend on it.</summary>
    public string? Region { get; init; }
    public UsageMode Mode { get; init; } = UsageMode.Standard;

    /// <summary>At most one for each unit. A unit that is not here was not counted, which is not zero.</summary>
    public ImmutableArray<Quantity> Quantities { get; init; } = [];

    public ExactDecimal? this[Unit unit]
    {
        get
        {
            foreach (var quantity in Quantities)
                if (quantity.Unit == unit) return quantity.Count;
            return null;
        }
    }

    /// <summary>The first thing wrong with it by itself, whatever its price.</summary>
    public Rejection? Check()
    {
        if (Model is null && Service is null) return Wrong("model", "a model or a service is needed");
        foreach (var (name, text) in Names)
            if (text is not null && (text.Length is 0 or > NameLengthMax || text.Any(char.IsControl)))
                return Wrong(name, $"1 to {NameLengthMax} characters, no control characters");
        foreach (var quantity in Quantities)
            if (Check(quantity) is { } rejection) return rejection;
        return null;
    }

    private IEnumerable<(string Name, string? Text)> Names =>
        [("provider", Provider), ("model", Model), ("service", Service), ("event_type", EventType), ("region", Region)];

    private Rejection.InvalidField? Check(Quantity quantity)
    {
        var (unit, count) = quantity;
        if (count.IsNegative || count > ExactDecimal.From(CountMax)) return Wrong(unit, $"from 0 to {CountMax}");
        if (unit.IsWhole && !count.IsWhole) return Wrong(unit, "a whole number");
        if (count.Scale > FractionDigitsMax) return Wrong(unit, $"at most {FractionDigitsMax} decimals");
        foreach (var other in Quantities)
        {
            if (unit.IsPartOf(other.Unit) && count > other.Count)
                return Wrong(unit, $"more than {other.Unit.CountName}, which includes it");
        }
        return null;
    }

    internal static Rejection.InvalidField Wrong(Unit unit, string reason) => Wrong(unit.CountPath, reason);
    private static Rejection.InvalidField Wrong(string field, string reason) => new($"usage.{field}", reason);
}
