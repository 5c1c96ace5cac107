using System.Collections.Immutable;
using Tallystick.Core.Time;

namespace Tallystick.Core.Pricing;

/// <summary>How prices enter a book: what says nothing new is left out, what has no date gets one. Pure.</summary>
public static class PriceRules
{
    public const int RequestMax = 10_000;

    /// <summary>All versions of a project, superseded ones too: the book is held in memory as a whole.</summary>
    public const int BookMax = 200_000;

    /// <summary>
    /// The versions to record so that the book says what is asked, dated; empty where it says so already.
    /// </summary>
    public static Rejection? ToRecord(
        PriceBook book, ImmutableArray<Price> prices, Instant now, out ImmutableArray<Price> versions)
    {
        versions = [];
        if (prices.Length > RequestMax) return new Rejection.LimitExceeded("prices of one request");
        foreach (var price in prices)
            if (PriceCheck.Of(price) is { } wrong) return wrong;
        var known = book.Prices.Select(price => price.Selector).ToHashSet();
        versions =
        [
            .. BookDiff.Of(book, prices, now).ToRecord.Select(price => price with
            {
                EffectiveFrom = price.EffectiveFrom ?? (known.Add(price.Selector) ? null : now),
            }),
        ];
        return book.Prices.Length + versions.Length > BookMax
            ? new Rejection.LimitExceeded("prices of a project")
            : null;
    }
}
