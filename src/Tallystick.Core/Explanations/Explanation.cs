using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Explanations;

/// <summary>What one entry of an account did and why: from the journal alone, so that it never changes.</summary>
public sealed record Explanation
{
    public required JournalEntry Entry { get; init; }
    public required string AccountId { get; init; }

    /// <summary>In English: what happened, by which rule, what each grant gave or got, and what that left.</summary>
    public required ImmutableArray<string> Sentences { get; init; }

    /// <summary>
    /// In burn order: the grants that the entry touched and, where it took credits in that order, also those it passed
    /// over.
    /// </summary>
    public required ImmutableArray<GrantStep> Grants { get; init; }
    public required AccountFigures Before { get; init; }
    public required AccountFigures After { get; init; }
}
