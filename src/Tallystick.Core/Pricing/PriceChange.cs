namespace Tallystick.Core.Pricing;

/// <summary>A price before and after.</summary>
public sealed record PriceChange(Price Before, Price After)
{
    /// <summary>The figures that differ.</summary>
    public IEnumerable<RateChange> Rates => RateChange.Between(Before, After);

    /// <summary>Names and patterns of the model that only the later one has.</summary>
    public IEnumerable<string> NamesAdded => Names(After, Before);
    public IEnumerable<string> NamesRemoved => Names(Before, After);

    private static IEnumerable<string> Names(Price of, Price without) =>
        of.Selector.Models.Except(without.Selector.Models).Select(name => name.Text);
}
