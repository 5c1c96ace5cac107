using System.Collections.Immutable;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>What one set of prices would change in a book. Pure: who shows it and who does it ask here.</summary>
/// <param name="Added">Prices for what had none.</param>
/// <param name="Changed">Pairs of the version in effect and the one that differs from it.</param>
/// <param name="Ended">
/// Prices in effect of the set's providers for which the set has none, under any of their names. They stay as they are.
/// Looked for each time that they are asked for.
/// </param>
/// <param name="Unchanged">How many say what the book says already.</param>
public sealed record BookDiff(
    ImmutableArray<Price> Added, ImmutableArray<PriceChange> Changed, IEnumerable<Price> Ended, int Unchanged)
{
    /// <summary>
    /// Compares each price with the version that the book has in effect at the price's own date, or now where it has
    /// none. One that says the same is new nevertheless where another of the set changes what comes before it.
    /// </summary>
    public static BookDiff Of(PriceBook book, IReadOnlyCollection<Price> prices, Instant now)
    {
        var lines = book.Prices.ToLookup(price => price.Selector);
        var before = new Price?[prices.Count];
        var isNew = new bool[prices.Count];
        var set = new Dictionary<PriceSelector, List<Price>>();
        foreach (var (i, price) in prices.Index().OrderBy(one => one.Item.EffectiveFrom ?? now))
        {
            var at = price.EffectiveFrom ?? now;
            var line = lines[price.Selector];
            before[i] = PriceBook.Latest(line, at);
            var earlier = set.GetValueOrDefault(price.Selector);
            if (earlier is not null && before[i]?.CostsTheSameAs(price) == true)
                before[i] = PriceBook.Latest(line.Concat(earlier), at);
            isNew[i] = before[i]?.CostsTheSameAs(price) != true;
            if (!isNew[i]) continue;
            if (earlier is null) set.Add(price.Selector, earlier = []);
            earlier.Add(price with { EffectiveFrom = at });
        }
        var found = prices.Index().Where(one => isNew[one.Index]).ToList();
        return new(
            [.. found.Where(one => before[one.Index] is null).Select(one => one.Item)],
            [.. found.Where(one => before[one.Index] is not null)
                .Select(one => new PriceChange(before[one.Index]!, one.Item))],
            EndedBy(prices, book, now), prices.Count - found.Count);
    }

    /// <summary>What must be recorded so that the book says it all.</summary>
    public IEnumerable<Price> ToRecord => Added.Concat(Changed.Select(change => change.After));

    private static IEnumerable<Price> EndedBy(IReadOnlyCollection<Price> prices, PriceBook book, Instant now)
    {
        var set = new PriceBook(prices);
        var providers = prices.Select(price => price.Selector.Provider).ToHashSet();
        var selectors = prices.Select(price => price.Selector).ToHashSet();
        foreach (var price in book.InEffect(now))
        {
            if (!providers.Contains(price.Selector.Provider) || selectors.Contains(price.Selector)) continue;
            if (NamesOf(price.Selector).All(usage => set.Find(usage, Instant.MaxValue, out _) is not null))
                yield return price;
        }
    }

    private static IEnumerable<MeteredUsage> NamesOf(PriceSelector selector)
    {
        var any = new MeteredUsage { Provider = selector.Provider, Service = selector.Service };
        return selector.Model is null ? [any] : selector.Models.Select(name => any with { Model = name.Text });
    }
}
