namespace Tallystick.Contracts.Transactions;

/// <summary>A transaction with its explanation, from the journal alone.</summary>
public sealed record TransactionDetailResponse
{
    public required TransactionResponse Transaction { get; init; }

    /// <summary>In English: what happened, by which rule, what each grant gave or got, and what that left.</summary>
    public required IReadOnlyList<string> Explanation { get; init; }

    /// <summary>In burn order: the grants that gave or got, and those that were passed over.</summary>
    public required IReadOnlyList<GrantStepResponse> Grants { get; init; }
    public required FiguresResponse Before { get; init; }
    public required FiguresResponse After { get; init; }
}
