using System.Collections.Immutable;
using Tallystick.Core.Time;

namespace Tallystick.Core.Pricing;

/// <summary>What one set of prices would change in a book.</summary>
/// <param name="Added">Prices for what had none.</param>
/// <param name="Changed">Pairs of the version in effect and the one that differs from it.</param>
/// <param name="Unchanged">How many say what the book says already.</param>
public sealed record BookDiff(
    ImmutableArray<Price> Added, ImmutableArray<PriceChange> Changed, int Unchanged)
{
    /// <summary>
    /// Compares each price with the version that the book has in effect at the price's own date, or now where it has
    /// none.
    /// </summary>
    public static BookDiff Of(PriceBook book, IEnumerable<Price> prices, Instant now)
    {
        var added = ImmutableArray.CreateBuilder<Price>();
        var changed = ImmutableArray.CreateBuilder<PriceChange>();
        var unchanged = 0;
        var lines = book.Prices.ToLookup(price => price.Selector);
        foreach (var price in prices)
        {
            var present = PriceBook.Latest(lines[price.Selector], price.EffectiveFrom ?? now);
            if (present is null) added.Add(price);
            else if (present.CostsTheSameAs(price)) unchanged++;
            else changed.Add(new(present, price));
        }
        return new(added.ToImmutable(), changed.ToImmutable(), unchanged);
    }

    /// <summary>What must be recorded so that the book says it all.</summary>
    public IEnumerable<Price> ToRecord => Added.Concat(Changed.Select(change => change.After));
}
