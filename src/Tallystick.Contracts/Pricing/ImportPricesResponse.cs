namespace Tallystick.Contracts.Pricing;

/// <summary>What an import changed, or with <c>dry_run</c> would change.</summary>
public sealed record ImportPricesResponse
{
    public required bool DryRun { get; init; }

    /// <summary>Prices for what had none.</summary>
    public required IReadOnlyList<string> Added { get; init; }
    public required IReadOnlyList<PriceChangeResponse> Changed { get; init; }

    /// <summary>
    /// Prices in effect of the table's providers that the table does not have any more. An import leaves them.
    /// </summary>
    public required IReadOnlyList<string> Ended { get; init; }
    public required int Unchanged { get; init; }

    /// <summary>What was not taken, and why.</summary>
    public required IReadOnlyList<LeftOutResponse> LeftOut { get; init; }
}
