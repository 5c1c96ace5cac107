using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>What a usage costs: exact line by line, rounded once. Immutable.</summary>
public sealed record Cost
{
    public required ThingNumber Price { get; init; }
    public required ExactDecimal CreditsPerUsd { get; init; }
    public required ImmutableArray<CostLine> Lines { get; init; }

    /// <summary>
    /// The exact difference of the total to the sum of the lines: multipliers and markup; may be negative.
    /// </summary>
    public required ExactDecimal Markup { get; init; }

    /// <summary>What of it the free tier takes over; null for nothing.</summary>
    public FreeShare? Free { get; init; }

    /// <summary>What the free tier has saved.</summary>
    public CreditAmount FreeCredits { get; private init; }

    /// <summary>The exact sum of lines and markup, less what is free, rounded up to the millionth.</summary>
    public required CreditAmount Total { get; init; }

    /// <summary>The exact sum of the lines, rounded up, but never above the total.</summary>
    public required CreditAmount Provider { get; init; }
    public CreditAmount PlatformMarkup => Total - Provider;

    /// <summary>The one place where a cost is rounded. False beyond 64 bits.</summary>
    public static bool TryRound(
        ThingNumber price, ExactDecimal creditsPerUsd, ImmutableArray<CostLine> lines, ExactDecimal markup,
        FreeShare? free, out Cost cost)
    {
        cost = null!;
        var provider = Sum(lines);
        if (!provider.TryRoundUpToMicros(out var roundedProvider)) return false;
        if (!(provider + markup).TryRoundUpToMicros(out var full)) return false;
        var roundedTotal = full;
        if (free is not null && !(provider + markup - free.Credits).TryRoundUpToMicros(out roundedTotal)) return false;
        cost = new()
        {
            Price = price, CreditsPerUsd = creditsPerUsd, Lines = lines, Markup = markup, Total = roundedTotal,
            Provider = CreditAmount.Min(roundedProvider, roundedTotal), Free = free, FreeCredits = full - roundedTotal,
        };
        return true;
    }

    /// <summary>The exact cost of all lines.</summary>
    public static ExactDecimal Sum(ImmutableArray<CostLine> lines)
    {
        var sum = ExactDecimal.Zero;
        foreach (var line in lines) sum += line.Credits;
        return sum;
    }
}
